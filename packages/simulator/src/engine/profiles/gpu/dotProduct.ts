import type { MakeGpuPolicy } from "./GpuPolicy.ts"

const CPU_MILLI_MAX = 128_000
const GPU_MILLI_MAX = 8_000

/** Dot product: the node whose free resources point least in the direction of the request. */
export const dotProduct: MakeGpuPolicy = ({ cluster }) => ({
  score: (shape, node) => {
    const cpu = ((cluster.cpuMilliFree[node] as number) / CPU_MILLI_MAX) * (shape.cpuMilli / CPU_MILLI_MAX)
    const gpu =
      ((cluster.gpuMilliFreeSum[node] as number) / GPU_MILLI_MAX) * ((shape.gpuCount * shape.gpuMilli) / GPU_MILLI_MAX)
    return Math.trunc(100 * (1 - (cpu + gpu) / 2))
  },
  sharedGpu: (shape, node) => cluster.tightestGpu(node, shape.gpuMilli)
})
