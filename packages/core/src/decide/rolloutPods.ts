import type { Deployment } from "../model/Deployment.ts"
import type { InNamespace } from "../model/Namespace.ts"
import type { Pod } from "../model/Snapshot.ts"
import { replacementBounds } from "./replacementBounds.ts"

/** How long after its start a pod that failed is started again at the earliest: a crash at once is no busy loop. */
export const restartDelayMs = 10_000

/** A deployment and its pods. */
export interface RolloutInput {
  readonly deployment: InNamespace<Deployment>
  /** Fingerprint of the template that is wanted; it is part of the pods' names. */
  readonly revisionHash: string
  /** All pods of the deployment, of every revision. Others are left alone. */
  readonly pods: ReadonlyArray<Pod>
  readonly nowMs: number
  /** When the rollout last came a step further; the age of its oldest pod that is not ready where left out. */
  readonly progressedAtMs?: number
}

/** Why a pod starts, stops or waits. The codes are `missing`, `outdated`, `surplus`, `ended` and `waits`. */
export interface RolloutReason {
  readonly pod: string
  readonly code: "missing" | "outdated" | "surplus" | "ended" | "waits"
  readonly why: string
}

/** Which pods to start and stop now. The rest of the rollout is decided anew once they have. */
export interface RolloutDecision {
  readonly start: ReadonlyArray<string>
  readonly stop: ReadonlyArray<string>
  readonly reasons: ReadonlyArray<RolloutReason>
  readonly state: "progressing" | "available" | "stuck"
}

/** The deployment's own pods, by what they are to this rollout. */
interface Sorted {
  readonly current: ReadonlyArray<Pod>
  readonly old: ReadonlyArray<Pod>
  readonly leavingOld: boolean
  /** Ended pods that are to be forgotten now; those that wait for their delay still count as `current`. */
  readonly ended: ReadonlyArray<Pod>
  readonly names: ReadonlySet<string>
}

const hasEnded = ({ state }: Pod): boolean => state === "failed" || state === "succeeded"
const isReady = ({ state }: Pod): boolean => state === "ready"

/** The pod's number where it is of this revision. */
const numberOf = (name: string, prefix: string): number | undefined => {
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : ""
  return /^\d+$/.test(rest) ? Number(rest) : undefined
}

const sort = ({ deployment, nowMs, pods }: RolloutInput, prefix: string): Sorted => {
  const own = pods.filter(
    ({ namespace, owner }) =>
      namespace === deployment.namespace && owner?.kind === "deployment" && owner.name === deployment.name
  )
  const isCurrent = ({ name }: Pod) => numberOf(name, prefix) !== undefined
  const isDue = (pod: Pod) => hasEnded(pod) && (!isCurrent(pod) || nowMs - pod.createdAtMs >= restartDelayMs)
  const staying = own.filter((pod) => pod.state !== "leaving" && !isDue(pod))
  // First those that serve nobody, then the highest number: the order in which pods are given up.
  const givenUp = (a: Pod, b: Pod) =>
    Number(isReady(a)) - Number(isReady(b)) ||
    (numberOf(b.name, prefix) ?? 0) - (numberOf(a.name, prefix) ?? 0) ||
    (a.name < b.name ? -1 : 1)
  return {
    current: staying.filter(isCurrent).toSorted(givenUp),
    old: staying.filter((pod) => !isCurrent(pod)).toSorted(givenUp),
    leavingOld: own.some((pod) => pod.state === "leaving" && !isCurrent(pod)),
    ended: own.filter(isDue).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    names: new Set(own.map(({ name }) => name))
  }
}

/** The lowest numbers nobody bears, also not those that are leaving. */
const namesFor = (count: number, prefix: string, taken: ReadonlySet<string>): ReadonlyArray<string> => {
  const names: Array<string> = []
  for (let number = 1; names.length < count; number++)
    if (!taken.has(`${prefix}${number}`)) names.push(`${prefix}${number}`)
  return names
}

/** How many pods may start, and which of those that could go may do so. */
const pace = ({ deployment }: RolloutInput, { current, leavingOld, old }: Sorted) => {
  const want = deployment.replicas
  const surplus = current.slice(0, Math.max(0, current.length - want))
  const lack = Math.max(0, want - current.length)
  if (deployment.strategy.type === "Recreate")
    return { starts: old.length === 0 && !leavingOld ? lack : 0, stops: [...old, ...surplus] }
  const { surge, unavailable } = replacementBounds(deployment.strategy, want)
  const starts = Math.min(lack, Math.max(0, want + surge - current.length - old.length))
  let spare = [...current, ...old].filter(isReady).length - (want - unavailable)
  const stops = [...old, ...surplus].filter((pod) => !isReady(pod) || spare-- > 0)
  return { starts, stops }
}

const stateOf = (input: RolloutInput, { current, leavingOld, old }: Sorted): RolloutDecision["state"] => {
  const { deployment, nowMs, progressedAtMs } = input
  const unready = current.filter((pod) => !isReady(pod))
  if (current.length === deployment.replicas && unready.length === 0 && old.length === 0 && !leavingOld)
    return "available"
  const oldest = unready.reduce((least, { createdAtMs }) => Math.min(least, createdAtMs), nowMs)
  return nowMs - (progressedAtMs ?? oldest) > deployment.progressDeadlineMs ? "stuck" : "progressing"
}

/**
 * What to start and stop now to get a deployment from the pods there are to the revision and number wanted, never above
 * `maxSurge` more than wanted and, by our own doing, never below `maxUnavailable` fewer ready ones.
 */
export const rolloutPods = (input: RolloutInput): RolloutDecision => {
  const { deployment, revisionHash } = input
  const prefix = `${deployment.name}-${revisionHash}-`
  const sorted = sort(input, prefix)
  const { starts, stops } = pace(input, sorted)
  const start = namesFor(starts, prefix, sorted.names)
  const isOld = new Set(sorted.old)
  const held = sorted.old.filter((pod) => !stops.includes(pod))
  const want = deployment.replicas
  return {
    start,
    stop: [...sorted.ended, ...stops].map(({ name }) => name),
    reasons: [
      ...start.map((pod) => ({
        pod,
        code: "missing" as const,
        why: `${sorted.current.length} of ${want} pods of this revision are there`
      })),
      ...sorted.ended.map((pod) => ({ pod: pod.name, code: "ended" as const, why: `it has ${pod.state}` })),
      ...stops.map((pod) =>
        isOld.has(pod)
          ? { pod: pod.name, code: "outdated" as const, why: "it is of an older revision" }
          : { pod: pod.name, code: "surplus" as const, why: `only ${want} pods are wanted` }
      ),
      ...held.map((pod) => ({
        pod: pod.name,
        code: "waits" as const,
        why: "it is of an older revision and stays until enough pods of the new one are ready"
      }))
    ],
    state: stateOf(input, sorted)
  }
}
