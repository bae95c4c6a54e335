import type { MakeGpuPolicy } from "./GpuPolicy.ts"

const CPU_MILLI_MAX = 128_000
const GPU_MILLI_MAX = 8_000

/** Best fit: the node with the least left over, CPU and GPU counted alike as parts of the largest machine. */
export const bestFit: MakeGpuPolicy = ({ cluster }) => ({
  score: (shape, node) => {
    const cpuLeft = ((cluster.cpuMilliFree[node] as number) - shape.cpuMilli) / CPU_MILLI_MAX
    const gpuLeft = ((cluster.gpuMilliFreeSum[node] as number) - shape.gpuCount * shape.gpuMilli) / GPU_MILLI_MAX
    return Math.trunc((1 - (cpuLeft * 0.5 + gpuLeft * 0.5)) * 100)
  },
  sharedGpu: (shape, node) => cluster.tightestGpu(node, shape.gpuMilli)
})
