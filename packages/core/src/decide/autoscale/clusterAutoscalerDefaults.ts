/** How one of several ways to grow is chosen. */
export type ExpanderName = "random" | "least-waste" | "most-pods" | "least-nodes" | "price" | "priority"

/** The Cluster Autoscaler's clocks and limits, named after its flags. */
export interface ClusterAutoscalerOptions {
  readonly scanIntervalMs: number
  /** Asked one after another until one option is left; ties that remain are drawn. */
  readonly expanders: ReadonlyArray<ExpanderName>
  readonly scaleDownDelayAfterAddMs: number
  readonly scaleDownDelayAfterDeleteMs: number
  readonly scaleDownDelayAfterFailureMs: number
  readonly unneededTimeMs: number
  readonly unreadyTimeMs: number
  readonly utilizationThresholdPercent: number
  readonly gpuUtilizationThresholdPercent: number
  readonly nonEmptyCandidatesMax: number
  readonly candidatesPoolPercent: number
  readonly candidatesPoolMin: number
  readonly nodeProvisionTimeMsMax: number
  readonly podEvictionTimeMsMax: number
  readonly gracefulTerminationMsMax: number
  readonly totalUnreadyPercentMax: number
  readonly totalUnreadyOk: number
  readonly scaleDownParallelismMax: number
  readonly drainParallelismMax: number
  readonly nodeDeleteDelayAfterTaintMs: number
  readonly unremovableRecheckMs: number
  readonly expendablePriorityCutoff: number
  readonly newPodScaleUpDelayMs: number
  readonly unschedulableBufferMs: number
  readonly unschedulableGpuBufferMs: number
  readonly groupBackoffMs: number
  readonly groupBackoffMsMax: number
  readonly groupBackoffResetMs: number
  readonly nodesPerScaleUpMax: number
  readonly coresTotalMax: number
}

const secondMs = 1_000
const minuteMs = 60 * secondMs

/** What version 1.`minor` does that nobody configured: up to 1.32 one of the ways to grow is drawn, since then the least wasteful. */
export const clusterAutoscalerDefaults = (minor: number): ClusterAutoscalerOptions => ({
  scanIntervalMs: 10 * secondMs,
  expanders: [minor <= 32 ? "random" : "least-waste"],
  scaleDownDelayAfterAddMs: 10 * minuteMs,
  // Unset, it is one scan.
  scaleDownDelayAfterDeleteMs: 10 * secondMs,
  scaleDownDelayAfterFailureMs: 3 * minuteMs,
  unneededTimeMs: 10 * minuteMs,
  unreadyTimeMs: 20 * minuteMs,
  utilizationThresholdPercent: 50,
  gpuUtilizationThresholdPercent: 50,
  nonEmptyCandidatesMax: 30,
  candidatesPoolPercent: 10,
  candidatesPoolMin: 50,
  nodeProvisionTimeMsMax: 15 * minuteMs,
  podEvictionTimeMsMax: 2 * minuteMs,
  gracefulTerminationMsMax: 10 * minuteMs,
  totalUnreadyPercentMax: 45,
  totalUnreadyOk: 3,
  scaleDownParallelismMax: 10,
  drainParallelismMax: 1,
  nodeDeleteDelayAfterTaintMs: 5 * secondMs,
  unremovableRecheckMs: 5 * minuteMs,
  expendablePriorityCutoff: -10,
  newPodScaleUpDelayMs: 0,
  unschedulableBufferMs: 2 * secondMs,
  unschedulableGpuBufferMs: 30 * secondMs,
  groupBackoffMs: 5 * minuteMs,
  groupBackoffMsMax: 30 * minuteMs,
  groupBackoffResetMs: 180 * minuteMs,
  nodesPerScaleUpMax: 1_000,
  coresTotalMax: 320_000
})
