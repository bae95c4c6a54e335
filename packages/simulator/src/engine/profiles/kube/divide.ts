/** Divides whole numbers towards zero; both are at most 2^53, and so is the answer. */
export const divide = (numerator: number, denominator: number): number => {
  const quotient = Math.floor(numerator / denominator)
  return quotient * denominator > numerator ? quotient - 1 : quotient
}
