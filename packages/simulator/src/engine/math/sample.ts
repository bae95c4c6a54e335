import type { Stream } from "../Stream.ts"
import { exp } from "./exp.ts"
import { ln } from "./ln.ts"

/** A whole number from `min` to `max`, both possible. */
export const uniformInteger = (stream: Stream, min: number, max: number): number => min + stream.below(max - min + 1)

/** An exponential draw: the wait for something that happens once in `mean` on average. */
export const exponential = (stream: Stream, mean: number): number => -mean * ln(1 - stream.fraction())

/** A normal draw by Marsaglia's polar method. Its second value is thrown away, so that a stream has no hidden state. */
export const normal = (stream: Stream, mean: number, deviation: number): number => {
  for (;;) {
    const x = 2 * stream.fraction() - 1
    const y = 2 * stream.fraction() - 1
    const square = x * x + y * y
    if (square > 0 && square < 1) return mean + deviation * x * Math.sqrt((-2 * ln(square)) / square)
  }
}

/** A log-normal draw by its median and the deviation of its logarithm. */
export const logNormal = (stream: Stream, median: number, sigma: number): number =>
  median * exp(normal(stream, 0, sigma))

/** An index drawn in proportion to whole, non-negative weights. Their sum is from 1 to 2^32. */
export const pickWeighted = (stream: Stream, weights: ReadonlyArray<number>): number => {
  let left = stream.below(weights.reduce((sum, weight) => sum + weight, 0))
  return weights.findIndex((weight) => {
    left -= weight
    return left < 0
  })
}

/** Puts a list in random order, in place. */
export const shuffle = <A>(stream: Stream, list: Array<A>): void => {
  for (let last = list.length - 1; last > 0; last--) {
    const other = stream.below(last + 1)
    const moved = list[last] as A
    list[last] = list[other] as A
    list[other] = moved
  }
}
