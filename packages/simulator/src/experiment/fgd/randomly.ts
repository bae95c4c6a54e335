import { type MakeGpuPolicy, NO_NODE } from "../../engine/profiles/gpu/GpuPolicy.ts"
import type { GoRandom } from "../GoRandom.ts"

/** Random: any node that fits, any GPU that fits. */
export const randomly =
  (random: GoRandom): MakeGpuPolicy =>
  ({ cluster }) => ({
    score: () => 0,
    pick: (request, shape, placement) => {
      const nodes = placement.feasible(request, shape)
      return nodes.length === 0 ? NO_NODE : (nodes[random.below(nodes.length)] as number)
    },
    sharedGpu: (shape, node) => {
      const first = node * cluster.stride
      let skip = random.below(cluster.gpusWith(node, shape.gpuMilli))
      for (let gpu = 0; ; gpu++) {
        if ((cluster.gpuMilliFree[first + gpu] as number) < shape.gpuMilli) continue
        if (skip === 0) return gpu
        skip -= 1
      }
    }
  })
