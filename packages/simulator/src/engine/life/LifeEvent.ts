/** What can happen, in the order of the numbers that go into the state hash. */
export const lifeEvents = [
  "podCreated",
  "podRefused",
  "podBound",
  "podRunning",
  "podLeaving",
  "podSucceeded",
  "podFailed",
  "podGone",
  "podLost",
  "deviceTaken",
  "deviceFreed",
  "nodeRequested",
  "nodeReady",
  "nodeBootFailed",
  "nodeCordoned",
  "nodeUncordoned",
  "nodeLost",
  "nodeGone",
  "replicasSet",
  "jobDone",
  "jobFailed"
] as const

/** One of the things that can happen. */
export type LifeEvent = (typeof lifeEvents)[number]

/** A number and a name for people. */
export interface Named {
  readonly id: number
  readonly name: string
}

/**
 * Sees everything that happens, as it happens. `subject` is the pod, node or workload; `where` the node of a pod, the
 * workload of a new pod or the group of a new node; `amount` a device, a size, a price, or why a pod leaves.
 */
export type Witness = (
  timeMs: number,
  event: LifeEvent,
  subject: Named,
  where: Named | undefined,
  amount: number
) => void

/** Why a pod leaves: its controller wants fewer, somebody empties its node by choice, a better pod needs the room, or its node goes. */
export const leaving = { scaledIn: 0, drained: 1, preempted: 2, reclaimed: 3 } as const
