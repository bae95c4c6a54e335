import type { Fragmentation } from "./Fragmentation.ts"
import type { GpuCluster, GpuRequest } from "./GpuCluster.ts"
import type { GpuPlacement } from "./GpuPlacement.ts"
import type { Shape } from "./Shape.ts"

/** No node fits. */
export const NO_NODE = -1

/** What a policy may look at. */
export interface GpuPolicyView {
  readonly cluster: GpuCluster
  readonly fragmentation: Fragmentation
  readonly shapes: ReadonlyArray<Shape>
  /** The pods of the trace, from which a policy may learn what arrives how often. */
  readonly pods: ReadonlyArray<GpuRequest>
}

/** Ranks the nodes for a request and picks the GPUs on the best one. */
export interface GpuPolicy {
  /** A whole number for a node that fits the shape; larger is better, the earlier node wins a tie. */
  readonly score: (shape: Shape, node: number) => number
  /** The GPU that a shared request takes on the chosen node. */
  readonly sharedGpu: (shape: Shape, node: number) => number
  /** Chooses the node itself, where a score cannot say it; -1 when none fits. */
  readonly pick?: (request: GpuRequest, shape: Shape, placement: GpuPlacement) => number
  /** Told after a placement on a node. */
  readonly placed?: (shape: Shape, node: number) => void
}

/** Makes a policy for one run. */
export type MakeGpuPolicy = (view: GpuPolicyView) => GpuPolicy
