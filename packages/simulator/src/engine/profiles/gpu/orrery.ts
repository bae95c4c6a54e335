import { Fragmentation } from "./Fragmentation.ts"
import { byLoss } from "./fgd.ts"
import type { MakeGpuPolicy } from "./GpuPolicy.ts"
import { typicalPods } from "./typicalPods.ts"

const CPU_MILLI_MAX = 128_000
const GPU_MILLI_MAX = 8_000
/** What a wholly empty large machine's CPU, or its GPUs, weigh against expected loss, in milli-GPU. */
const LEFT_WEIGHT_MILLI = 30
/** Scores are whole numbers, in millionths of a GPU. */
const POINTS_PER_MILLI = 1_000

/**
 * Ours: the least growth of expected loss, weighed exactly, plus a little best fit.
 *
 * FGD truncates the growth to points of some forty milli-GPU and lets ties fall to the first node, which packs, but by the
 * luck of names. Without the truncation the growth alone spreads small pods over empty nodes, since there they lose nothing
 * yet, and strands CPU. So packing is said outright: leftover CPU and GPU count against a node, alike and lightly, up to 30
 * milli-GPU each, which decides among near ties and never against a real loss. And the loss is taken over all classes of
 * pods, not only over those that make up 95 %: the rare ones are the ones that ask for many GPUs or one model, and a hole
 * that fits only the frequent pods shuts them out.
 */
export const orrery: MakeGpuPolicy = (view) => {
  const fragmentation = new Fragmentation(view.cluster, typicalPods(view.pods, 1))
  return byLoss({ ...view, fragmentation }, (before, after, cpuMilliLeft, gpuMilliLeft) => {
    const left = cpuMilliLeft / CPU_MILLI_MAX + gpuMilliLeft / GPU_MILLI_MAX
    return Math.round((before - after - LEFT_WEIGHT_MILLI * left) * POINTS_PER_MILLI)
  })
}
