/** Seeded choices for making cases. */
export class Draw {
  #state: number

  constructor(seed: number) {
    this.#state = (seed * 2654435761) >>> 0
  }

  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * count)
  }

  /** True in so many of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent
  }

  /** One of them. */
  one<T>(values: ReadonlyArray<T>): T {
    return values[this.below(values.length)] as T
  }

  /** Each of them with this chance. */
  some<T>(percent: number, values: ReadonlyArray<T>): ReadonlyArray<T> {
    return values.filter(() => this.chance(percent))
  }

  /** So many new values. */
  many<T>(count: number, make: (index: number) => T): ReadonlyArray<T> {
    return Array.from({ length: count }, (_, index) => make(index))
  }
}
