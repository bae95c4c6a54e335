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
    let expected = 0
    for (let m = 0; m < this.classes; m++) {
      let lost = idle
      if (this.accepts[row + m] === 1 && cpuMilliFree >= (this.cpuMilli[m] as number)) {
        const milli = this.gpuMilli[m] as number
        let small = 0
        let enough = 0
        for (let at = start; at < end; at++) {
          const free = gpus[at] as number
          if (free < milli) small += free
          else enough += 1
        }
        if (enough >= (this.gpuCount[m] as number)) lost = small
      }
      expected += (this.share[m] as number) * lost
    }
    return expected
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
