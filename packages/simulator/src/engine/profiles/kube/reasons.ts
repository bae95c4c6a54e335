/** Why a node is refused, in the scheduler's words; unresolvable means that no preemption would help. */
export interface Refusal {
  readonly reasons: ReadonlyArray<string>
  readonly unresolvable: boolean
}

const unresolvable = (reason: string): Refusal => ({ reasons: [reason], unresolvable: true })
const resolvable = (reason: string): Refusal => ({ reasons: [reason], unresolvable: false })

/** Refusals with fixed words. */
export const refusals = {
  unschedulable: unresolvable("node(s) were unschedulable"),
  taint: unresolvable("node(s) had untolerated taint(s)"),
  enforcedAffinity: unresolvable("node(s) didn't match scheduler-enforced node affinity"),
  affinity: unresolvable("node(s) didn't match Pod's node affinity/selector"),
  ports: resolvable("node(s) didn't have free ports for the requested pod ports"),
  volumeAffinity: unresolvable("node(s) didn't match PersistentVolume's node affinity"),
  volumeMissing: unresolvable("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"),
  claimInUse: resolvable(
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
  ),
  volumeLimit: resolvable("node(s) exceed max volume count"),
  volumeUnfound: unresolvable("node(s) didn't find available persistent volumes to bind"),
  volumeZone: unresolvable("node(s) had no available volume zone"),
  spreadLabel: unresolvable("node(s) didn't match pod topology spread constraints (missing required label)"),
  spread: resolvable("node(s) didn't match pod topology spread constraints"),
  podAffinity: unresolvable("node(s) didn't match pod affinity rules"),
  podAntiAffinity: resolvable("node(s) didn't match pod anti-affinity rules"),
  existingAntiAffinity: resolvable("node(s) didn't satisfy existing pods anti-affinity rules"),
  noVictims: unresolvable("No preemption victims found for incoming pod"),
  notHelpful: unresolvable("Preemption is not helpful for scheduling")
} as const
