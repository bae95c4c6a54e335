/** How one of several equally good nodes is chosen: the first looked at, the smallest name, or drawn from a seed. */
export type TieBreak =
  | { readonly kind: "first" }
  | { readonly kind: "name" }
  | { readonly kind: "seeded"; readonly seed: number }

/** Draws numbers from a seed: a counter, stirred. */
export class TieDraw {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) % count
  }
}
