import { createHash } from "node:crypto"

/** Draws that follow from a seed alone: each next one is the hash of the seed and of how many came before. */
export class Draws {
  readonly #seed: number
  #drawn = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    const hash = createHash("sha256")
      .update(`${this.#seed} ${this.#drawn++}`)
      .digest()
    return min + (hash.readUInt32BE() % (max - min + 1))
  }
}

const { ORRERY_KILLS: count = "6", ORRERY_KILLS_FROM: first = "1" } = process.env

/** The seeds of a run, of which each test says its own: few as a rule, `ORRERY_KILLS` for more, `ORRERY_KILLS_FROM` for others. */
export const seeds: ReadonlyArray<number> = Array.from({ length: Number(count) }, (_, index) => Number(first) + index)
