import { Stream, type StreamState } from "./Stream.ts"

/** The states of all named streams, to continue a run from where it was. */
export type StreamsState = Readonly<Record<string, StreamState>>

/**
 * One master seed, any number of independent streams by name.
 *
 * A stream depends on the seed and its own name only, so a new part of a model never shifts the draws of another.
 */
export class Streams {
  readonly seed: number
  private readonly byName = new Map<string, Stream>()

  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed is a whole number within 2^53, got ${seed}`)
    this.seed = seed
  }

  /** The stream of this name; the same object each time. */
  named(name: string): Stream {
    const known = this.byName.get(name)
    if (known !== undefined) return known
    const made = Stream.fromSeed(this.seed, name)
    this.byName.set(name, made)
    return made
  }

  /** Where every stream used so far stands. */
  save(): StreamsState {
    const names = [...this.byName.keys()].toSorted()
    return Object.fromEntries(names.map((name) => [name, this.named(name).save()]))
  }

  /** Puts the streams where `save` found them; all others start anew. */
  restore(state: StreamsState): void {
    this.byName.clear()
    for (const [name, one] of Object.entries(state)) this.byName.set(name, Stream.restore(one))
  }
}
