import { exponentOf, scaleByPowerOfTwo } from "./binary.ts"

const LN2_HIGH = 0x162e42fee00000 / 2 ** 53
const LN2_LOW = 1.9082149292705877e-10
/** Near the square root of two; the border only has to keep both sides close to 1. */
const M_MAX = 1.4
const TERMS = 21

/**
 * The natural logarithm with the same bits on every JavaScript engine, within two units in the last place.
 *
 * x = 2^k m with m near 1, and ln m = 2 artanh((m - 1) / (m + 1)), whose series has only odd powers.
 */
export const ln = (x: number): number => {
  if (Number.isNaN(x) || x < 0) return Number.NaN
  if (x === 0) return Number.NEGATIVE_INFINITY
  if (x === Number.POSITIVE_INFINITY) return x
  let k = exponentOf(x)
  let m = scaleByPowerOfTwo(x, -k)
  if (m > M_MAX) {
    m /= 2
    k += 1
  }
  const f = m - 1
  const s = f / (m + 1)
  const square = s * s
  let series = 0
  for (let power = TERMS; power >= 3; power -= 2) series = square * (1 / power + series)
  // 2 s = f - s f, so ln m = f - s (f - 2 series): the large term f is exact, the rest a correction.
  return k * LN2_HIGH + (k * LN2_LOW - s * (f - 2 * series) + f)
}
