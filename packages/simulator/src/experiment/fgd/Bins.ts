import { meanPairwise, roundHalfEven, roundTwo, roundTwoScaled } from "./rounding.ts"

/** What the cluster looked like while the pods that had arrived asked for `bin` percent of its GPUs. */
export interface FgdRow {
  readonly bin: number
  /** Allocated GPUs in percent of all. */
  readonly alloc: number
  /** GPUs that are idle and of no use to the typical pods, in percent of all. */
  readonly frag: number
  /** The same in percent of the idle ones. */
  readonly fragRatio: number
}

interface Held {
  readonly alloc: Array<number>
  readonly frag: Array<number>
  readonly fragRatio: Array<number>
}

/** Gathers the figures after each arrival into bins, rounding where the published analysis rounds. */
export class Bins {
  private readonly gpus: number
  private readonly byBin = new Map<number, Held>()

  constructor(gpus: number) {
    this.gpus = gpus
  }

  /** Takes in the figures after one arrival, all in milli-GPU. */
  add(arrived: number, used: number, fragmented: number): void {
    const bin = roundHalfEven(arrived / (this.gpus * 10))
    let held = this.byBin.get(bin)
    if (held === undefined) {
      held = { alloc: [], frag: [], fragRatio: [] }
      this.byBin.set(bin, held)
    }
    const idle = this.gpus * 1000 - used
    held.alloc.push(roundTwo(used / this.gpus / 10))
    held.frag.push(roundTwo(fragmented))
    held.fragRatio.push(idle === 0 ? 0 : roundTwo((100 * fragmented) / idle))
  }

  /** The means, in the order of the bins. */
  rows(): ReadonlyArray<FgdRow> {
    return [...this.byBin.entries()]
      .toSorted(([a], [b]) => a - b)
      .map(([bin, { alloc, frag, fragRatio }]) => ({
        bin,
        alloc: roundTwoScaled(meanPairwise(alloc)),
        frag: roundTwoScaled((100 * meanPairwise(frag)) / 1000 / this.gpus),
        fragRatio: meanPairwise(fragRatio)
      }))
  }
}
