/** A number as C's `%f` writes it: six decimals, a tie going to the even digit. */
export const sixDecimals = (value: number): number => {
  const rounded = value.toFixed(6)
  const isTie = Math.abs(value) < 2 ** 32 && Number(value.toFixed(7)) === value && value.toFixed(7).endsWith("5")
  if (!isTie || Number(rounded.at(-1)) % 2 === 0) return Number(rounded)
  return Number((Math.sign(value) * (Math.abs(Number(rounded)) - 0.000001)).toFixed(6))
}
