import { GPU_MILLI } from "./GpuCluster.ts"
import type { MakeGpuPolicy } from "./GpuPolicy.ts"

/** GPU packing: GPUs in use first, then free GPUs on nodes in use, then free nodes. */
export const packing: MakeGpuPolicy = ({ cluster }) => ({
  score: (shape, node) => {
    if (shape.gpuCount === 0) return 0
    const wholeFree = cluster.gpusWith(node, GPU_MILLI)
    if (wholeFree === cluster.gpuCount[node]) return Math.max(33 - wholeFree, wholeFree)
    if (!shape.shared) return Math.max(50 - shape.gpuCount, 33)
    const free = cluster.gpuMilliFree[node * cluster.stride + cluster.tightestGpu(node, shape.gpuMilli)] as number
    if (free === GPU_MILLI) return 49
    return Math.max(100 - Math.trunc(Math.trunc((free * 100) / GPU_MILLI) / 10), 50)
  },
  sharedGpu: (shape, node) => cluster.tightestGpu(node, shape.gpuMilli)
})
