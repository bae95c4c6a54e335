/**
 * A hash that is chained from event to event: two runs with the same digest went through the same states in the same order.
 *
 * Two 32-bit lanes with different constants. Not for secrets; for finding the first event at which two runs part.
 */
export class StateHash {
  private low = 0x243f6a88
  private high = 0x85a308d3 | 0

  /** Folds in a 32-bit integer. */
  int32(value: number): void {
    this.low = Math.imul(rotate(this.low ^ Math.imul(value, 0xcc9e2d51), 13) ^ this.high, 5) + 0x52dce729
    this.high = Math.imul(rotate(this.high ^ Math.imul(value, 0x1b873593), 17) + this.low, 0x38495ab5)
  }

  /** Folds in a whole number within 2^53, such as a time. */
  integer(value: number): void {
    this.int32(value | 0)
    this.int32(Math.floor(value / 2 ** 32))
  }

  /** Folds in a text and its length, so that "ab" then "c" differs from "a" then "bc". */
  text(value: string): void {
    this.int32(value.length)
    for (let at = 0; at < value.length; at++) this.int32(value.charCodeAt(at))
  }

  /** Sixteen hexadecimal digits for all that was folded in so far. */
  digest(): string {
    return hex(finish(this.high ^ rotate(this.low, 16))) + hex(finish(this.low + this.high))
  }
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

const finish = (word: number): number => {
  let mixed = Math.imul(word ^ (word >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0")
