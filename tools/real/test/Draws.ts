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

/** The seeds of a run: few as a rule, `ORRERY_KILLS` for more. */
export const seeds: ReadonlyArray<number> = Array.from(
  { length: Number(process.env.ORRERY_KILLS ?? 6) },
  (_, index) => index + 1
)
