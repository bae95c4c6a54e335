import type { Fragmentation } from "./Fragmentation.ts"
import { GPU_MILLI, type GpuCluster } from "./GpuCluster.ts"
import type { GpuPolicyView } from "./GpuPolicy.ts"
import type { Shape } from "./Shape.ts"

const UNKNOWN = -(2 ** 31)

/** One way a node can stand: model, free CPU, and free GPU shares in ascending order. */
interface NodeState {
  readonly model: number
  readonly cpuMilliFree: number
  readonly gpus: Int32Array
  readonly loss: number
  /** By shape. */
  readonly scores: Int32Array
}

/** The score of a placement: a node's expected loss before and after it, and what stays free on the node. */
export type Gain = (before: number, after: number, cpuMilliLeft: number, gpuMilliLeft: number) => number

/**
 * Scores by node state: nodes that stand alike score alike, so a score is computed once per state and shape.
 *
 * The order of the GPUs in a node never changes a loss, so states keep them sorted.
 */
export class NodeStates {
  private readonly cluster: GpuCluster
  private readonly fragmentation: Fragmentation
  private readonly shapes: number
  private readonly gain: Gain
  private readonly byKey = new Map<string, NodeState>()
  private readonly ofNode: Array<NodeState>
  private readonly after: Int32Array

  constructor(view: GpuPolicyView, gain: Gain) {
    this.cluster = view.cluster
    this.fragmentation = view.fragmentation
    this.shapes = view.shapes.length
    this.gain = gain
    this.after = new Int32Array(view.cluster.stride)
    this.ofNode = view.cluster.nodes.map((_, node) => this.read(node))
  }

  /** Reads a node again after a placement. */
  changed(node: number): void {
    this.ofNode[node] = this.read(node)
  }

  /** The score of a shape that fits the node; for a shared one, on its best GPU. */
  score(shape: Shape, node: number): number {
    const state = this.ofNode[node] as NodeState
    const known = state.scores[shape.index] as number
    if (known !== UNKNOWN) return known
    const score = shape.shared ? this.bestShared(state, shape) : this.wholeGpus(state, shape)
    state.scores[shape.index] = score
    return score
  }

  /** The score of a shared shape on one GPU. */
  scoreOnGpu(shape: Shape, node: number, gpu: number): number {
    const state = this.ofNode[node] as NodeState
    const free = this.cluster.gpuMilliFree[node * this.cluster.stride + gpu] as number
    return this.sharedOn(state, shape, state.gpus.indexOf(free))
  }

  private bestShared(state: NodeState, shape: Shape): number {
    const { gpus } = state
    let best = UNKNOWN
    for (let gpu = 0; gpu < gpus.length; gpu++) {
      const free = gpus[gpu] as number
      if (free < shape.gpuMilli || (gpu > 0 && gpus[gpu - 1] === free)) continue
      const score = this.sharedOn(state, shape, gpu)
      if (score > best) best = score
    }
    return best
  }

  private sharedOn(state: NodeState, shape: Shape, gpu: number): number {
    this.after.set(state.gpus)
    this.after[gpu] = (this.after[gpu] as number) - shape.gpuMilli
    return this.gainOf(state, shape)
  }

  private wholeGpus(state: NodeState, shape: Shape): number {
    this.after.set(state.gpus)
    for (let taken = 1; taken <= shape.gpuCount; taken++) {
      const gpu = state.gpus.length - taken
      this.after[gpu] = (this.after[gpu] as number) - GPU_MILLI
    }
    return this.gainOf(state, shape)
  }

  /** The score of the placement that `after` holds. */
  private gainOf(state: NodeState, shape: Shape): number {
    const cpuMilliLeft = state.cpuMilliFree - shape.cpuMilli
    const loss = this.fragmentation.of(state.model, cpuMilliLeft, this.after, 0, state.gpus.length)
    let gpuMilliLeft = 0
    for (let gpu = 0; gpu < state.gpus.length; gpu++) gpuMilliLeft += this.after[gpu] as number
    return this.gain(state.loss, loss, cpuMilliLeft, gpuMilliLeft)
  }

  private read(node: number): NodeState {
    const { cluster } = this
    const first = node * cluster.stride
    const gpus = cluster.gpuMilliFree.slice(first, first + (cluster.gpuCount[node] as number)).sort()
    const model = cluster.model[node] as number
    const cpuMilliFree = cluster.cpuMilliFree[node] as number
    const key = `${model} ${cpuMilliFree} ${gpus.join(" ")}`
    const known = this.byKey.get(key)
    if (known !== undefined) return known
    const state: NodeState = {
      model,
      cpuMilliFree,
      gpus,
      loss: this.fragmentation.of(model, cpuMilliFree, gpus, 0, gpus.length),
      scores: new Int32Array(this.shapes).fill(UNKNOWN)
    }
    this.byKey.set(key, state)
    return state
  }
}
