import type { ClusterAutoscalerOptions } from "./clusterAutoscalerDefaults.ts"

/** A node group that failed to grow: how long it is left alone, and until when. */
export interface GroupBackoff {
  readonly durationMs: number
  readonly untilMs: number
  readonly failedAtMs: number
}

/** The backoff after one more failure: twice the last, unless the group has long been fine. */
export const afterFailure = (
  before: GroupBackoff | undefined,
  nowMs: number,
  options: Pick<ClusterAutoscalerOptions, "groupBackoffMs" | "groupBackoffMsMax" | "groupBackoffResetMs">
): GroupBackoff => {
  const isFresh = before === undefined || before.failedAtMs + options.groupBackoffResetMs < nowMs
  // Nodes asked for together fail together: that is one failure.
  if (!isFresh && before.untilMs > nowMs) return before
  const durationMs = isFresh ? options.groupBackoffMs : Math.min(before.durationMs * 2, options.groupBackoffMsMax)
  return { durationMs, untilMs: nowMs + durationMs, failedAtMs: nowMs }
}
