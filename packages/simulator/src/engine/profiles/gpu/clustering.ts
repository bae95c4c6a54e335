import type { MakeGpuPolicy } from "./GpuPolicy.ts"

const GPU_MILLI_MAX = 8_000

/** GPU clustering: pods that ask for alike numbers of GPUs go together, on the fullest node of their group. */
export const clustering: MakeGpuPolicy = ({ cluster }) => {
  const tagsOn = cluster.nodes.map(() => new Set<string>())
  return {
    score: (shape, node) => {
      if (shape.gpuCount === 0) return 0
      const tags = tagsOn[node] as Set<string>
      const fullness = Math.trunc((25 * (GPU_MILLI_MAX - (cluster.gpuMilliFreeSum[node] as number))) / GPU_MILLI_MAX)
      if (tags.size === 0) return fullness + 25
      if (!tags.has(shape.tag)) return fullness
      return fullness + (tags.size === 1 ? 75 : 50)
    },
    sharedGpu: (shape, node) => cluster.tightestGpu(node, shape.gpuMilli),
    placed: (shape, node) => {
      if (shape.gpuCount > 0) (tagsOn[node] as Set<string>).add(shape.tag)
    }
  }
}
