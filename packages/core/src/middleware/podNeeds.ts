import type { Feature } from "../model/Capability.ts"
import { type PodSpec, requestOf } from "../model/Pod.ts"

/** What a pod needs of its backend besides room. */
export const podNeeds = (spec: PodSpec): ReadonlyArray<Feature> => {
  const { gpuMilli } = requestOf(spec)
  if (gpuMilli === 0) return []
  return gpuMilli % 1_000 === 0 ? ["gpus"] : ["gpus", "gpuShares"]
}
