/** A machine with GPUs of one model, each shared in thousandths. */
export interface GpuNode {
  readonly name: string
  readonly cpuMilli: number
  readonly memoryMib: number
  readonly gpuCount: number
  /** Empty where the node has no GPU. */
  readonly model: string
}

/** What a pod asks for; `gpuMilli` is per GPU. */
export interface GpuRequest {
  readonly cpuMilli: number
  readonly memoryMib: number
  readonly gpuCount: number
  readonly gpuMilli: number
  /** Models that will do; empty: any. */
  readonly models: ReadonlyArray<string>
}

/** Thousandths of a whole GPU. */
export const GPU_MILLI = 1000

/** The free resources of all nodes, in typed arrays. Nodes keep the order they were given in: earlier ones win ties. */
export class GpuCluster {
  readonly nodes: ReadonlyArray<GpuNode>
  /** GPUs of node n lie from n * stride on. */
  readonly stride: number
  readonly cpuMilliFree: Float64Array
  readonly memoryMibFree: Float64Array
  readonly gpuCount: Int32Array
  readonly gpuMilliFree: Int32Array
  readonly gpuMilliFreeSum: Int32Array
  /** Index of the node's model in `models`. */
  readonly model: Int32Array
  readonly models: ReadonlyArray<string>

  constructor(nodes: ReadonlyArray<GpuNode>) {
    this.nodes = nodes
    this.models = [...new Set(nodes.map((node) => node.model))]
    this.stride = Math.max(1, ...nodes.map((node) => node.gpuCount))
    this.cpuMilliFree = Float64Array.from(nodes, (node) => node.cpuMilli)
    this.memoryMibFree = Float64Array.from(nodes, (node) => node.memoryMib)
    this.gpuCount = Int32Array.from(nodes, (node) => node.gpuCount)
    this.gpuMilliFreeSum = Int32Array.from(nodes, (node) => node.gpuCount * GPU_MILLI)
    this.model = Int32Array.from(nodes, (node) => this.models.indexOf(node.model))
    this.gpuMilliFree = new Int32Array(nodes.length * this.stride)
    nodes.forEach((node, n) => {
      this.gpuMilliFree.fill(GPU_MILLI, n * this.stride, n * this.stride + node.gpuCount)
    })
  }

  /** Takes `milli` of one GPU of a node. */
  takeGpu(node: number, gpu: number, milli: number): void {
    const at = node * this.stride + gpu
    this.gpuMilliFree[at] = (this.gpuMilliFree[at] as number) - milli
    this.gpuMilliFreeSum[node] = (this.gpuMilliFreeSum[node] as number) - milli
  }

  /** GPUs of a node that have at least `milli` free. */
  gpusWith(node: number, milli: number): number {
    const start = node * this.stride
    const end = start + (this.gpuCount[node] as number)
    let count = 0
    for (let at = start; at < end; at++) if ((this.gpuMilliFree[at] as number) >= milli) count += 1
    return count
  }

  /** The GPU with the least free share that is still enough; the lowest index among equals; -1 when none is. */
  tightestGpu(node: number, milli: number): number {
    const start = node * this.stride
    const count = this.gpuCount[node] as number
    let best = -1
    let bestFree = GPU_MILLI + 1
    for (let gpu = 0; gpu < count; gpu++) {
      const free = this.gpuMilliFree[start + gpu] as number
      if (free < milli || free >= bestFree) continue
      best = gpu
      bestFree = free
    }
    return best
  }
}
