import { Fragmentation } from "./Fragmentation.ts"
import { byLoss } from "./fgd.ts"
import type { MakeGpuPolicy } from "./GpuPolicy.ts"
import { typicalPods } from "./typicalPods.ts"

const CPU_MILLI_MAX = 128_000
const GPU_MILLI_MAX = 8_000
/** What a wholly empty large machine's CPU, or its GPUs, weigh against expected loss, in milli-GPU. */
const LEFT_WEIGHT_MILLI = 30
/** Nodes whose scores are nearer than this, in milli-GPU, are alike: the first of them is filled before the next is begun. */
const POINT_MILLI = 20

/**
 * Ours: the least growth of expected loss, plus a little best fit, in points of twenty milli-GPU.
 *
 * FGD squeezes the growth into points of some forty milli-GPU around nothing and coarser ones further out, and lets ties fall to
 * the first node, which packs. Ours are finer and alike everywhere: without any, small pods are spread over empty nodes, since
 * there they lose nothing yet, and where nearly all pods share GPUs that costs more than it gains. Leftover CPU and GPU count
 * against a node, alike and lightly, up to 30 milli-GPU each, which decides among near ties and never against a real loss. And
 * the loss is taken over all classes of pods, not only over those that make up 95 %: the rare ones are the ones that ask for
 * many GPUs or one model, and a hole that fits only the frequent pods shuts them out.
 */
export const orrery: MakeGpuPolicy = (view) => {
  const fragmentation = new Fragmentation(view.cluster, typicalPods(view.pods, 1))
  return byLoss({ ...view, fragmentation }, (before, after, cpuMilliLeft, gpuMilliLeft) => {
    const left = cpuMilliLeft / CPU_MILLI_MAX + gpuMilliLeft / GPU_MILLI_MAX
    return Math.round((before - after - LEFT_WEIGHT_MILLI * left) / POINT_MILLI)
  })
}
