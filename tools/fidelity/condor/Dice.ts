/** Draws that follow from a seed alone. */
export class Dice {
  #state: number
  constructor(seed: number) {
    this.#state = seed >>> 0
  }
  /** A whole number below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    let bits = this.#state
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
    return ((bits ^ (bits >>> 16)) >>> 0) % limit
  }
  one<A>(choices: ReadonlyArray<A>): A {
    return choices[this.below(choices.length)] as A
  }
  chance(percent: number): boolean {
    return this.below(100) < percent
  }
}
