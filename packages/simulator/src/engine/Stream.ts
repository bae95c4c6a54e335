/** The four words of a stream. */
export type StreamState = readonly [number, number, number, number]

/** One source of random numbers: xoshiro128** in 32-bit integer operations, the same on every machine. */
export class Stream {
  private a: number
  private b: number
  private c: number
  private d: number

  private constructor(state: StreamState) {
    this.a = state[0] | 0
    this.b = state[1] | 0
    this.c = state[2] | 0
    this.d = state[3] | 0
    // The all-zero state is the one from which the generator never leaves.
    if ((this.a | this.b | this.c | this.d) === 0) this.a = 1
  }

  /** The stream that a seed and a name determine. */
  static fromSeed(seed: number, name: string): Stream {
    let state = mix(seed >>> 0, Math.floor(seed / 2 ** 32) | 0)
    for (let at = 0; at < name.length; at++) state = mix(state, name.charCodeAt(at))
    const words = [1, 2, 3, 4].map((word) => mix(mix(state, name.length), word))
    return new Stream(words as unknown as StreamState)
  }

  static restore(state: StreamState): Stream {
    return new Stream(state)
  }

  save(): StreamState {
    return [this.a >>> 0, this.b >>> 0, this.c >>> 0, this.d >>> 0]
  }

  /** A whole number below 2^32. */
  uint32(): number {
    const product = Math.imul(this.b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9)
    const shifted = this.b << 9
    this.c ^= this.a
    this.d ^= this.b
    this.b ^= this.c
    this.a ^= this.d
    this.c ^= shifted
    this.d = (this.d << 11) | (this.d >>> 21)
    return result >>> 0
  }

  /** A number in [0, 1) with 53 random bits. */
  fraction(): number {
    const high = this.uint32() >>> 5
    const low = this.uint32() >>> 6
    return (high * 0x4000000 + low) / 2 ** 53
  }

  /** A whole number in [0, bound), every one as likely as the other: draws from the uneven rest are thrown away. */
  below(bound: number): number {
    if (!(bound >= 1 && bound <= 2 ** 32) || bound !== Math.floor(bound)) {
      throw new RangeError(`a bound is a whole number from 1 to 2^32, got ${bound}`)
    }
    const even = 2 ** 32 - (2 ** 32 % bound)
    for (;;) {
      const drawn = this.uint32()
      if (drawn < even) return drawn % bound
    }
  }
}

/** Folds a word into a 32-bit state so that each input bit reaches each output bit. */
const mix = (state: number, word: number): number => {
  let mixed = (Math.imul(state, 0x9e3779b1) + word + 0x7f4a7c15) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}
