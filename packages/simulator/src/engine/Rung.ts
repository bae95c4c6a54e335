const NONE = -1

/**
 * A stretch of time cut into equal buckets, each an unordered list of events. Buckets are read from early to late, once.
 *
 * Widths are powers of two, so that a bucket divides exactly into the buckets of a finer rung.
 */
export class Rung {
  start = 0
  end = 0
  width = 1
  /** The first bucket that was not read yet. */
  current = 0
  heads = new Int32Array(0)
  private perWidth = 1
  private count = 0

  /** Covers `count` buckets of `width` from `start` on, all empty. */
  cover(start: number, width: number, count: number): void {
    if (count > this.heads.length) this.heads = new Int32Array(2 ** Math.ceil(Math.log2(count))).fill(NONE)
    this.start = start
    this.width = width
    this.perWidth = 1 / width
    this.count = count
    this.end = start + width * count
    this.current = 0
  }

  bucketOf(time: number): number {
    return ((time - this.start) * this.perWidth) | 0
  }

  /** The start of the first bucket that was not read yet. */
  get currentStart(): number {
    return this.start + this.current * this.width
  }

  /** Takes the list of the next bucket that has one; -1 when none is left. */
  takeNext(): number {
    const { heads, count } = this
    for (let bucket = this.current; bucket < count; bucket++) {
      const head = heads[bucket] as number
      if (head === NONE) continue
      heads[bucket] = NONE
      this.current = bucket + 1
      return head
    }
    this.current = count
    return NONE
  }

  /** Forgets all events. */
  clear(): void {
    this.heads.fill(NONE)
    this.count = 0
    this.end = this.start
  }
}
