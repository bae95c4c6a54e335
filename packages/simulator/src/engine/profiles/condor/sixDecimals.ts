/** A number as C's `%f` writes it: six decimals, a tie going to the even digit. */
export const sixDecimals = (value: number): number => {
  const rounded = value.toFixed(6)
  // Only odd multiples of 1/128 end in a 5 in the seventh decimal exactly, and toFixed rounds those away from zero.
  const isTie = Number.isInteger(value * 128) && !Number.isInteger(value * 64)
  if (!isTie || Number(rounded.at(-1)) % 2 === 0) return Number(rounded)
  return Number((Math.sign(value) * (Math.abs(Number(rounded)) - 0.000001)).toFixed(6))
}
