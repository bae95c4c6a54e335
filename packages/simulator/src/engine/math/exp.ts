import { scaleByPowerOfTwo } from "./binary.ts"

/** ln 2 in two parts: the first has trailing zero bits, so that its product with a small integer is exact. */
const LN2_HIGH = 0x162e42fee00000 / 2 ** 53
const LN2_LOW = 1.9082149292705877e-10
const LN2 = LN2_HIGH + LN2_LOW
const LARGEST = 709.782712893384
const SMALLEST = -745.1332191019412
const TERMS = 14

/**
 * e^x with the same bits on every JavaScript engine, within two units in the last place; `Math.exp` may differ from engine to engine.
 *
 * x = k ln 2 + r with |r| <= ln 2 / 2, and the series of e^r from its smallest term on.
 */
export const exp = (x: number): number => {
  if (Number.isNaN(x)) return x
  if (x > LARGEST) return Number.POSITIVE_INFINITY
  if (x < SMALLEST) return 0
  const k = Math.floor(x / LN2 + 0.5)
  const r = x - k * LN2_HIGH - k * LN2_LOW
  let sum = 1
  for (let term = TERMS; term > 1; term--) sum = 1 + (r / term) * sum
  return scaleByPowerOfTwo(1 + r * sum, k)
}
