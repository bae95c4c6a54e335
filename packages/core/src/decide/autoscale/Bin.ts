import type { Resources } from "../../model/Resources.ts"
import type { WaitingPods } from "./WaitingPods.ts"

/** What is left of a node in a trial. */
export interface Bin {
  cpuMilli: number
  memoryBytes: number
  gpuMilli: number
  /** Pods that may still come. */
  pods: number
  isEmpty: boolean
}

const takes = (bin: Bin, request: Resources): boolean =>
  bin.pods >= 1 &&
  bin.cpuMilli >= request.cpuMilli &&
  bin.memoryBytes >= request.memoryBytes &&
  bin.gpuMilli >= request.gpuMilli

/** How many pods of one kind a bin takes, at most `most`; takes them. */
export const fill = (bin: Bin, { apart, request }: WaitingPods, most: number): number => {
  const count = apart === true ? Math.min(1, most) : most
  let taken = 0
  while (taken < count && takes(bin, request)) {
    bin.cpuMilli -= request.cpuMilli
    bin.memoryBytes -= request.memoryBytes
    bin.gpuMilli -= request.gpuMilli
    bin.pods -= 1
    bin.isEmpty = false
    taken += 1
  }
  return taken
}
