import type { GpuCluster } from "./GpuCluster.ts"
import type { TypicalPod } from "./typicalPods.ts"

/**
 * How much idle GPU of a node the typical pods cannot use, in milli-GPU, as the expected value over their shares.
 *
 * For a pod that fits, the GPUs too full for it are lost; for one that does not (or needs no GPU, or another model), all are.
 */
export class Fragmentation {
  private readonly share: Float64Array
  private readonly cpuMilli: Float64Array
  private readonly gpuCount: Int32Array
  private readonly gpuMilli: Int32Array
  /** By model and class: 1 where the class asks for GPUs and the model will do. */
  private readonly accepts: Uint8Array
  private readonly classes: number

  constructor(cluster: GpuCluster, typical: ReadonlyArray<TypicalPod>) {
    this.classes = typical.length
    this.share = Float64Array.from(typical, (pod) => pod.share)
    this.cpuMilli = Float64Array.from(typical, (pod) => pod.cpuMilli)
    this.gpuCount = Int32Array.from(typical, (pod) => pod.gpuCount)
    this.gpuMilli = Int32Array.from(typical, (pod) => pod.gpuMilli)
    this.accepts = Uint8Array.from(
      cluster.models.flatMap((model) =>
        typical.map((pod) => (pod.gpuMilli > 0 && (pod.models.length === 0 || pod.models.includes(model)) ? 1 : 0))
      )
    )
  }

  /** The expected loss of a node of this model with this much CPU free and `count` GPUs free as listed from `start` on. */
  of(model: number, cpuMilliFree: number, gpus: Int32Array, start: number, count: number): number {
    const end = start + count
    let idle = 0
    for (let at = start; at < end; at++) idle += gpus[at] as number
    if (idle === 0) return 0
    const row = model * this.classes
    // One sum per reason of the loss, added up at the end: the published scores hang on the last bit of this order.
    let lacksBoth = 0
    let lacksGpu = 0
    let lacksCpu = 0
    let needsNoGpu = 0
    let needsNoGpuLacksCpu = 0
    let noAccess = 0
    for (let m = 0; m < this.classes; m++) {
      const share = this.share[m] as number
      const milli = this.gpuMilli[m] as number
      const cpuFits = cpuMilliFree >= (this.cpuMilli[m] as number)
      if (milli === 0) {
        if (cpuFits) needsNoGpu += share * idle
        else needsNoGpuLacksCpu += share * idle
      } else if (this.accepts[row + m] === 0) noAccess += share * idle
      else {
        let small = 0
        let enough = 0
        for (let at = start; at < end; at++) {
          const free = gpus[at] as number
          if (free < milli) small += free
          else enough += 1
        }
        const gpuFits = enough >= (this.gpuCount[m] as number)
        if (gpuFits && cpuFits) lacksGpu += share * small
        else if (gpuFits) lacksCpu += share * idle
        else if (cpuFits) lacksGpu += share * idle
        else lacksBoth += share * idle
      }
    }
    return lacksBoth + lacksGpu + lacksCpu + needsNoGpu + needsNoGpuLacksCpu + noAccess
  }

  /** The expected loss of a node as it stands. */
  ofNode(cluster: GpuCluster, node: number): number {
    return this.of(
      cluster.model[node] as number,
      cluster.cpuMilliFree[node] as number,
      cluster.gpuMilliFree,
      node * cluster.stride,
      cluster.gpuCount[node] as number
    )
  }
}
