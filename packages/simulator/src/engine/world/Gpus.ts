/** Which GPUs of a node a pod has, and how many thousandths of each. */
export type GpuShares = ReadonlyArray<readonly [gpu: number, milli: number]>

const wholeGpu = 1_000
const nothing: GpuShares = []

/** The thousandths that each GPU of a node has to give; the last may be a part of one. */
export const gpusOf = (gpuMilli: number): Int32Array =>
  Int32Array.from({ length: Math.ceil(gpuMilli / wholeGpu) }, (_, gpu) => Math.min(wholeGpu, gpuMilli - gpu * wholeGpu))

/** Hands out GPUs, each by itself: two halves of two GPUs are not a whole one. */
export class Gpus {
  /** Takes whole GPUs first, then a part of the fullest one that has it; undefined, and nothing taken, where there is none. */
  take(free: Int32Array, gpuMilli: number): GpuShares | undefined {
    if (gpuMilli === 0) return nothing
    const shares: Array<readonly [number, number]> = []
    for (let left = gpuMilli; left > 0; left -= wholeGpu) {
      const milli = Math.min(left, wholeGpu)
      const gpu = tightest(free, milli)
      if (gpu === undefined) {
        this.give(free, shares)
        return undefined
      }
      free[gpu] = (free[gpu] ?? 0) - milli
      shares.push([gpu, milli])
    }
    return shares
  }

  /** Gives GPUs back. */
  give(free: Int32Array, shares: GpuShares): void {
    for (const [gpu, milli] of shares) free[gpu] = (free[gpu] ?? 0) + milli
  }
}

const tightest = (free: Int32Array, milli: number): number | undefined => {
  let best: number | undefined
  for (const [gpu, left] of free.entries())
    if (left >= milli && (best === undefined || left < (free[best] ?? 0))) best = gpu
  return best
}
