const terms = 40
/** From here on the double next to the true value is 1. */
const flatFrom = 20

/** The hyperbolic tangent from additions and divisions alone, so that every machine decides alike: Lambert's continued fraction. */
export const tanh = (x: number): number => {
  if (x >= flatFrom) return 1
  if (x <= -flatFrom) return -1
  let below = 2 * terms + 1
  for (let odd = 2 * terms - 1; odd >= 1; odd -= 2) below = odd + (x * x) / below
  return x / below
}
