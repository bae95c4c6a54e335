import { parseDuration } from "@orrery/core"
import { Result } from "effect"
import type { ComputeOptions } from "./ComputeOptions.ts"

const minuteMs = 60_000

const ofTtl = (inactivityTtl: string): ReadonlyArray<string> => {
  const ttlMs = Result.getOrElse(parseDuration(inactivityTtl), () => minuteMs)
  return [
    "inactivityTtl: it needs the cluster's OTEL metrics; without them the service is never seen to be idle",
    "inactivityTtl: idleness is looked at every 300 s by default, so that is how exact it is",
    ...(ttlMs < minuteMs ? ["inactivityTtl: below 1m a service may be deleted while it is in use"] : [])
  ]
}

/** What works on some clusters only, or otherwise than one might think. Nothing here is an error. */
export const warningsOf = (options: ComputeOptions): ReadonlyArray<string> => {
  const { autoscale, gpuAntiAffinity, gpuType, gpus, inactivityTtl, nodeSelector, tolerations } = options
  const onNodes = [gpuAntiAffinity, gpuType, nodeSelector, tolerations, Number(gpus ?? 0) > 0 ? gpus : undefined]
  return [
    ...(inactivityTtl === undefined ? [] : ofTtl(inactivityTtl)),
    ...(autoscale !== undefined && onNodes.some((wish) => wish !== undefined && wish !== false)
      ? ["autoscale: Knative takes node selectors, affinity and tolerations only with its feature flags for them on"]
      : [])
  ]
}
