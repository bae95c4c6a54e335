import { LENGTH, lehmerNext, lehmerStart, TAP } from "./goGenerator.ts"
import { goSeedWords } from "./goSeedWords.ts"

/**
 * The generator behind Go's `math/rand`, word for word: published experiments that were run in Go can be run again.
 *
 * x[n] = x[n-607] + x[n-273] mod 2^64, kept as two 32-bit halves. Only bits 31 to 62 of a word are ever asked for here.
 */
export class GoRandom {
  private readonly high = new Uint32Array(LENGTH)
  private readonly low = new Uint32Array(LENGTH)
  private tap = 0
  private feed = LENGTH - TAP

  constructor(seed: number) {
    const cooked = goSeedWords()
    let x = lehmerStart(seed)
    for (let skip = 0; skip < 20; skip++) x = lehmerNext(x)
    for (let at = 0; at < LENGTH; at++) {
      const first = lehmerNext(x)
      const second = lehmerNext(first)
      x = lehmerNext(second)
      // first << 40 ^ second << 20 ^ x, by halves.
      this.high[at] = ((first << 8) ^ (second >>> 12) ^ (cooked.high[at] as number)) >>> 0
      this.low[at] = ((second << 20) ^ x ^ (cooked.low[at] as number)) >>> 0
    }
  }

  /** Throws draws away, as the original does where it logs or starts its watches. */
  skip(draws: number): void {
    for (let draw = 0; draw < draws; draw++) this.advance()
  }

  /** `rand.Intn`: rejection on 31 bits. */
  below(bound: number): number {
    if ((bound & (bound - 1)) === 0) return this.int31() & (bound - 1)
    const max = 2 ** 31 - 1 - (2 ** 31 % bound)
    for (;;) {
      const drawn = this.int31()
      if (drawn <= max) return drawn % bound
    }
  }

  /** `rand.Perm`. */
  permutation(count: number): Int32Array {
    const order = new Int32Array(count)
    for (let at = 0; at < count; at++) {
      const other = this.below(at + 1)
      order[at] = order[other] as number
      order[other] = at
    }
    return order
  }

  /** `rand.Shuffle`. */
  shuffle<A>(list: Array<A>): void {
    for (let at = list.length - 1; at > 0; at--) {
      const other = this.belowByProduct(at + 1)
      const moved = list[at] as A
      list[at] = list[other] as A
      list[other] = moved
    }
  }

  /** The bounded draw that `rand.Shuffle` uses: the high word of a product, rejecting the uneven rest. */
  private belowByProduct(bound: number): number {
    for (;;) {
      const at = this.advance()
      const drawn = (((this.high[at] as number) << 1) | ((this.low[at] as number) >>> 31)) >>> 0
      // The product may pass 2^53, so its halves are made apart.
      const product = (drawn & 0xffff) * bound
      const upper = (drawn >>> 16) * bound + Math.floor(product / 0x10000)
      const rest = (upper % 0x10000) * 0x10000 + (product % 0x10000)
      if (rest >= bound || rest >= 2 ** 32 % bound) return Math.floor(upper / 0x10000)
    }
  }

  private int31(): number {
    return (this.high[this.advance()] as number) & 0x7fffffff
  }

  private advance(): number {
    this.tap = this.tap === 0 ? LENGTH - 1 : this.tap - 1
    this.feed = this.feed === 0 ? LENGTH - 1 : this.feed - 1
    const low = (this.low[this.feed] as number) + (this.low[this.tap] as number)
    this.low[this.feed] = low
    this.high[this.feed] = (this.high[this.feed] as number) + (this.high[this.tap] as number) + (low >= 2 ** 32 ? 1 : 0)
    return this.feed
  }
}
