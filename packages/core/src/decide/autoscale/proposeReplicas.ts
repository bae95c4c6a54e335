/** What is known of a target's pods, summed: those whose sample counts, those without one, those not ready yet. */
export interface ReplicaSample {
  readonly ready: { readonly count: number; readonly usage: number; readonly request: number }
  readonly missing: { readonly count: number; readonly request: number }
  readonly unready: { readonly count: number; readonly request: number }
}

/** What usage should be: a share of what pods ask for, or so much per pod. */
export type ReplicaTarget =
  | { readonly type: "utilization"; readonly percent: number }
  | { readonly type: "averageValue"; readonly value: number }

/** How far usage may be from the target, each way, before anything changes. */
export interface Tolerance {
  readonly up: number
  readonly down: number
}

/** What the controller does that nobody configured. */
export const defaultTolerance: Tolerance = { up: 0.1, down: 0.1 }

const ratioOf = (target: ReplicaTarget, usage: number, request: number, count: number): number =>
  target.type === "utilization"
    ? Math.trunc((usage * 100) / request) / target.percent
    : Math.trunc(usage / count) / target.value

const isWithin = ({ down, up }: Tolerance, ratio: number): boolean => 1 - down <= ratio && ratio <= 1 + up

/**
 * How many replicas bring usage to the target; undefined where no pod has a sample, which changes nothing.
 *
 * Pods without a sample are taken to need all they ask for when replicas would go, and nothing when they would come; so
 * are pods that are not ready when replicas would come. Where that turns the direction round, nothing changes.
 */
export const proposeReplicas = (
  current: number,
  { missing, ready, unready }: ReplicaSample,
  target: ReplicaTarget,
  tolerance: Tolerance = defaultTolerance
): number | undefined => {
  if (ready.count === 0 || (target.type === "utilization" && ready.request === 0)) return undefined
  const ratio = ratioOf(target, ready.usage, ready.request, ready.count)
  const heedsUnready = unready.count > 0 && ratio > 1
  if (!heedsUnready && missing.count === 0) {
    return isWithin(tolerance, ratio) ? current : Math.ceil(ratio * ready.count)
  }
  const full = target.type === "utilization" ? Math.max(100, target.percent) : target.value
  const assumed =
    ratio >= 1 ? 0 : target.type === "utilization" ? Math.trunc((missing.request * full) / 100) : missing.count * full
  const counted = ratio === 1 ? 0 : missing.count
  const count = ready.count + counted + (heedsUnready ? unready.count : 0)
  const request = ready.request + (counted === 0 ? 0 : missing.request) + (heedsUnready ? unready.request : 0)
  const corrected = ratioOf(target, ready.usage + assumed, request, count)
  if (isWithin(tolerance, corrected) || (ratio < 1 && corrected > 1) || (ratio > 1 && corrected < 1)) return current
  const proposed = Math.ceil(corrected * count)
  return (corrected < 1 && proposed > current) || (corrected > 1 && proposed < current) ? current : proposed
}

/** The largest of the metrics' proposals. A metric that failed counts as the present size, so it never lets replicas go. */
export const combineProposals = (current: number, proposals: ReadonlyArray<number | undefined>): number => {
  const known = proposals.filter((proposal) => proposal !== undefined)
  if (known.length === 0) return current
  const most = Math.max(...known)
  return known.length < proposals.length && most < current ? current : most
}
