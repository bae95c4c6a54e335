import type { ReplicaSample } from "./proposeReplicas.ts"

/** A pod as the metrics see it. */
export interface MeasuredPod {
  readonly phase: "pending" | "running" | "failed"
  readonly isLeaving: boolean
  readonly request: number
  readonly startedAtMs: number | undefined
  readonly isReady: boolean
  /** When it last became ready or stopped being so. */
  readonly readyChangedAtMs: number
  readonly sample: { readonly usage: number; readonly atMs: number; readonly windowMs: number } | undefined
}

/** How long a starting pod's CPU use says nothing. */
export interface SampleTimes {
  readonly cpuInitializationMs: number
  readonly initialReadinessDelayMs: number
}

/** What the controller does that nobody configured. */
export const defaultSampleTimes: SampleTimes = { cpuInitializationMs: 300_000, initialReadinessDelayMs: 30_000 }

/** Whether a running pod's CPU sample is not to be used yet. */
const isUnready = (
  pod: MeasuredPod,
  sampledMs: number,
  windowMs: number,
  nowMs: number,
  times: SampleTimes
): boolean => {
  if (pod.startedAtMs === undefined) return true
  if (pod.startedAtMs + times.cpuInitializationMs > nowMs)
    return !pod.isReady || sampledMs < pod.readyChangedAtMs + windowMs
  return !pod.isReady && pod.startedAtMs + times.initialReadinessDelayMs > pod.readyChangedAtMs
}

/** Sorts pods into those whose CPU sample counts, those without one and those not ready; leaving and failed ones are left out. */
export const sampleReplicas = (
  pods: ReadonlyArray<MeasuredPod>,
  nowMs: number,
  times: SampleTimes = defaultSampleTimes
): ReplicaSample => {
  const ready = { count: 0, usage: 0, request: 0 }
  const missing = { count: 0, request: 0 }
  const unready = { count: 0, request: 0 }
  for (const pod of pods) {
    if (pod.isLeaving || pod.phase === "failed") continue
    const { sample } = pod
    if (
      pod.phase !== "pending" &&
      sample !== undefined &&
      !isUnready(pod, sample.atMs, sample.windowMs, nowMs, times)
    ) {
      ready.count += 1
      ready.usage += sample.usage
      ready.request += pod.request
      continue
    }
    const group = pod.phase === "pending" || sample !== undefined ? unready : missing
    group.count += 1
    group.request += pod.request
  }
  return { ready, missing, unready }
}
