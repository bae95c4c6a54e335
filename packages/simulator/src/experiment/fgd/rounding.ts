/** Two decimals as Python's `round` and C's `%.2f` give them: the exact value decides, and true halves go to the even digit. */
export const roundTwo = (value: number): number => {
  const eighths = value * 8
  // Among binary fractions only odd eighths lie exactly between two hundredths.
  if (Number.isInteger(eighths) && eighths % 2 !== 0) return roundHalfEven(value * 100) / 100
  return Number(value.toFixed(2))
}

/** Two decimals as numpy gives them: scaled, rounded, scaled back. */
export const roundTwoScaled = (value: number): number => roundHalfEven(value * 100) / 100

/** The nearest whole number, true halves to the even one. */
export const roundHalfEven = (value: number): number => {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1
  return below % 2 === 0 ? below : below + 1
}

/** The mean as numpy sums it: eight running sums over blocks of up to 128, halves above that. */
export const meanPairwise = (values: ReadonlyArray<number>): number =>
  sumPairwise(values, 0, values.length) / values.length

const sumPairwise = (values: ReadonlyArray<number>, start: number, count: number): number => {
  if (count < 8) {
    let sum = 0
    for (let at = start; at < start + count; at++) sum += values[at] as number
    return sum
  }
  if (count > 128) {
    const half = Math.floor(count / 2)
    const first = half - (half % 8)
    return sumPairwise(values, start, first) + sumPairwise(values, start + first, count - first)
  }
  const sums = values.slice(start, start + 8)
  const whole = count - (count % 8)
  for (let at = 8; at < whole; at++) sums[at % 8] = (sums[at % 8] as number) + (values[start + at] as number)
  const [a, b, c, d, e, f, g, h] = sums as [number, number, number, number, number, number, number, number]
  let sum = a + b + (c + d) + (e + f + (g + h))
  for (let at = whole; at < count; at++) sum += values[start + at] as number
  return sum
}
