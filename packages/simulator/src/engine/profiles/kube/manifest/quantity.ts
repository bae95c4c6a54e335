const scaleOfSuffix: ReadonlyMap<string, readonly [base: bigint, exponent: bigint]> = new Map([
  ["n", [10n, -9n]],
  ["u", [10n, -6n]],
  ["m", [10n, -3n]],
  ["", [10n, 0n]],
  ["k", [10n, 3n]],
  ["M", [10n, 6n]],
  ["G", [10n, 9n]],
  ["T", [10n, 12n]],
  ["P", [10n, 15n]],
  ["E", [10n, 18n]],
  ["Ki", [2n, 10n]],
  ["Mi", [2n, 20n]],
  ["Gi", [2n, 30n]],
  ["Ti", [2n, 40n]],
  ["Pi", [2n, 50n]],
  ["Ei", [2n, 60n]]
])

const pattern = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/

/** Reads a Kubernetes quantity exactly, in thousandths, rounded away from zero as the API server rounds. */
export const parseQuantityMilli = (text: string): bigint | undefined => {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, sign, digits = "", suffix = "", power] = match
  const [whole = "", fraction = ""] = digits.split(".")
  const [base, exponent] = power === undefined ? (scaleOfSuffix.get(suffix) ?? [10n, 0n]) : [10n, BigInt(power)]
  let numerator = BigInt(whole + fraction) * 1000n
  let denominator = 10n ** BigInt(fraction.length)
  if (exponent >= 0n) numerator *= base ** exponent
  else denominator *= base ** -exponent
  const milli = divideUp(numerator, denominator)
  return sign === "-" ? -milli : milli
}

const byPower = (milli: bigint, step: bigint, suffixes: ReadonlyArray<string>): string => {
  let [rest, power] = [milli / 1000n, 0]
  while (rest !== 0n && rest % step === 0n && power < suffixes.length - 1) {
    rest /= step
    power++
  }
  return `${rest}${suffixes[power]}`
}

/** The shortest way to write so many thousandths, in powers of ten or of 1024, as the API server writes what was written so. */
export const printQuantity = (milli: bigint): string => {
  if (milli % 1000n !== 0n) return `${milli}m`
  const decimal = byPower(milli, 1000n, ["", "k", "M", "G", "T", "P", "E"])
  const binary = byPower(milli, 1024n, ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"])
  return binary.length < decimal.length ? binary : decimal
}

/** Divides non-negative whole numbers, rounding up. */
export const divideUp = (numerator: bigint, denominator: bigint): bigint => (numerator + denominator - 1n) / denominator
