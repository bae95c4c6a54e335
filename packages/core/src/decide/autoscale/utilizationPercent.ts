import type { RemovableNode } from "./Relocation.ts"

/** The share of a node that is asked for: of its GPUs where it has some, else the larger of CPU and memory. */
export const utilizationPercent = ({ allocatable, used }: Pick<RemovableNode, "allocatable" | "used">): number => {
  const share = (kind: "cpuMilli" | "memoryBytes" | "gpuMilli"): number =>
    allocatable[kind] === 0 ? 0 : (used[kind] * 100) / allocatable[kind]
  return allocatable.gpuMilli > 0 ? share("gpuMilli") : Math.max(share("cpuMilli"), share("memoryBytes"))
}
