import { exp } from "../../math/exp.ts"
import type { GpuPolicy, GpuPolicyView, MakeGpuPolicy } from "./GpuPolicy.ts"
import { type Gain, NodeStates } from "./NodeStates.ts"

/** Fragmentation gradient descent: the node whose expected loss grows least. Whole points on purpose: the ties pack. */
export const fgd: MakeGpuPolicy = (view) => byLoss(view, (before, after) => points((before - after) / 1000))

/** A policy that scores a node by its expected loss before and after the placement, and takes the best GPU by the same score. */
export const byLoss = (view: GpuPolicyView, gain: Gain): GpuPolicy => {
  const { cluster } = view
  const states = new NodeStates(view, gain)
  return {
    score: (shape, node) => states.score(shape, node),
    sharedGpu: (shape, node) => {
      const first = node * cluster.stride
      const count = cluster.gpuCount[node] as number
      let best = -1
      let bestScore = Number.NEGATIVE_INFINITY
      for (let gpu = 0; gpu < count; gpu++) {
        if ((cluster.gpuMilliFree[first + gpu] as number) < shape.gpuMilli) continue
        const points = states.scoreOnGpu(shape, node, gpu)
        if (points <= bestScore) continue
        best = gpu
        bestScore = points
      }
      return best
    },
    placed: (_shape, node) => states.changed(node)
  }
}

const points = (gain: number): number => Math.trunc((1 / (1 + exp(-gain))) * 100)
