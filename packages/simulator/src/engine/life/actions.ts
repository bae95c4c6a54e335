/** What an event of the agenda does; of those due at one time the lower number goes first. The payload is the number of what it is about. */
export const actions = {
  faultBegins: 0,
  faultEnds: 1,
  nodeBoots: 2,
  nodeBootFails: 3,
  nodeGoes: 4,
  nodeVanishes: 5,
  lostNodeNoticed: 6,
  silentNodeNoticed: 17,
  podRuns: 7,
  podEnds: 8,
  podLeft: 9,
  workloadArrives: 10,
  workloadReconciles: 11,
  scheduling: 12,
  queueFlush: 13,
  hpaSync: 14,
  autoscalerScan: 15,
  drainStep: 16
} as const
