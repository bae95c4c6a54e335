import { lacking, minus, plus, type Resources } from "@orrery/core"

/** Which GPUs of a host somebody has, and how much of each. */
export type GpuShares = ReadonlyArray<readonly [device: number, milli: number]>

const wholeGpu = 1000

/** What is free on one host, each GPU by itself: two halves of two GPUs are not a whole one. */
export class HostRoom {
  readonly total: Resources
  free: Resources
  readonly gpusFree: Array<number>

  constructor(total: Resources) {
    this.total = total
    this.free = total
    this.gpusFree = Array.from({ length: Math.ceil(total.gpuMilli / wholeGpu) }, (_, device) =>
      Math.min(wholeGpu, total.gpuMilli - device * wholeGpu)
    )
  }

  /** Takes the room and says which GPUs it took, or takes nothing. */
  take(request: Resources): GpuShares | undefined {
    if (lacking(request, this.free).length > 0) return undefined
    const shares = this.sharesFor(request.gpuMilli)
    if (shares === undefined) return undefined
    this.free = minus(this.free, request)
    for (const [device, milli] of shares) this.gpusFree[device] = (this.gpusFree[device] ?? 0) - milli
    return shares
  }

  give(request: Resources, shares: GpuShares): void {
    this.free = plus(this.free, request)
    for (const [device, milli] of shares) this.gpusFree[device] = (this.gpusFree[device] ?? 0) + milli
  }

  /** Whole GPUs first, then a part of the fullest one that has it. */
  private sharesFor(gpuMilli: number): GpuShares | undefined {
    const shares: Array<readonly [number, number]> = []
    const left = [...this.gpusFree]
    for (let milli = gpuMilli; milli > 0; milli -= wholeGpu) {
      const wanted = Math.min(milli, wholeGpu)
      let best = -1
      for (const [device, free] of left.entries())
        if (free >= wanted && (best === -1 || free < (left[best] ?? 0))) best = device
      if (best === -1) return undefined
      shares.push([best, wanted])
      left[best] = (left[best] ?? 0) - wanted
    }
    return shares
  }
}
