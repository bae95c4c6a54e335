const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
/** Which of the two words holds the exponent depends on the byte order of the machine. */
double[0] = 1
const HIGH = words[1] === 0 ? 0 : 1

const powerOfTwo = (exponent: number): number => {
  words[1 - HIGH] = 0
  words[HIGH] = (exponent + 1023) << 20
  return double[0] as number
}

/** The k of a positive number 2^k * m with 1 <= m < 2. */
export const exponentOf = (x: number): number => {
  const normal = x >= 2 ** -1022
  double[0] = normal ? x : x * 2 ** 54
  return ((words[HIGH] as number) >>> 20) - 1023 - (normal ? 0 : 54)
}

/** x * 2^k, in steps that neither overflow nor lose bits before the last. */
export const scaleByPowerOfTwo = (x: number, k: number): number => {
  let scaled = x
  let left = k
  for (; left > 1023; left -= 1023) scaled *= powerOfTwo(1023)
  for (; left < -1022; left += 969) scaled *= powerOfTwo(-969)
  return scaled * powerOfTwo(left)
}
