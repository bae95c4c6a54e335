import { GPU_MILLI, type GpuCluster, type GpuRequest } from "./GpuCluster.ts"
import { type GpuPolicy, NO_NODE } from "./GpuPolicy.ts"
import { fits, type Shape } from "./Shape.ts"

const UNFIT = -(2 ** 31)

/** The scores of one shape on all nodes, as of a point in the log of changes. */
interface ScoreTable {
  readonly scores: Int32Array
  seen: number
}

/**
 * Places requests one by one. Each shape keeps its score on every node, and re-scores only the nodes that changed since the
 * shape last arrived.
 */
export class GpuPlacement {
  private readonly cluster: GpuCluster
  private readonly policy: GpuPolicy
  private readonly tables: Array<ScoreTable | undefined> = []
  private readonly changes: Array<number> = []

  constructor(cluster: GpuCluster, policy: GpuPolicy) {
    this.cluster = cluster
    this.policy = policy
  }

  /** The best node for a request, the first among equals; -1 where none fits. */
  best(request: GpuRequest, shape: Shape): number {
    const { scores } = this.upToDate(shape)
    const { memoryMibFree } = this.cluster
    const { memoryMib } = request
    let best = NO_NODE
    let bestScore = UNFIT
    for (let node = 0; node < scores.length; node++) {
      if ((scores[node] as number) <= bestScore || (memoryMibFree[node] as number) < memoryMib) continue
      best = node
      bestScore = scores[node] as number
    }
    return best
  }

  /** The nodes that fit a request, in their order. */
  feasible(request: GpuRequest, shape: Shape): ReadonlyArray<number> {
    const { scores } = this.upToDate(shape)
    const nodes: Array<number> = []
    for (let node = 0; node < scores.length; node++) {
      if (scores[node] !== UNFIT && (this.cluster.memoryMibFree[node] as number) >= request.memoryMib) nodes.push(node)
    }
    return nodes
  }

  /** Puts a request on a node that fits it. */
  bind(request: GpuRequest, shape: Shape, node: number): void {
    const { cluster } = this
    if (shape.shared) cluster.takeGpu(node, this.policy.sharedGpu(shape, node), shape.gpuMilli)
    else
      for (let taken = 0; taken < shape.gpuCount; taken++)
        cluster.takeGpu(node, cluster.tightestGpu(node, GPU_MILLI), GPU_MILLI)
    cluster.cpuMilliFree[node] = (cluster.cpuMilliFree[node] as number) - request.cpuMilli
    cluster.memoryMibFree[node] = (cluster.memoryMibFree[node] as number) - request.memoryMib
    this.policy.placed?.(shape, node)
    this.changes.push(node)
  }

  private upToDate(shape: Shape): ScoreTable {
    const known = this.tables[shape.index]
    const nodes = this.cluster.nodes.length
    const table = known ?? { scores: new Int32Array(nodes), seen: 0 }
    if (known === undefined || this.changes.length - table.seen > nodes) {
      for (let node = 0; node < nodes; node++) table.scores[node] = this.score(shape, node)
    } else {
      for (let at = table.seen; at < this.changes.length; at++) {
        const node = this.changes[at] as number
        // A shape that no longer fits never fits again: nothing leaves in this experiment.
        if (table.scores[node] !== UNFIT) table.scores[node] = this.score(shape, node)
      }
    }
    table.seen = this.changes.length
    this.tables[shape.index] = table
    return table
  }

  private score(shape: Shape, node: number): number {
    return fits(this.cluster, shape, node) ? this.policy.score(shape, node) : UNFIT
  }
}
