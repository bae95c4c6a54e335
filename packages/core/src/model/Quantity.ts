import { Result, Schema } from "effect"
import { parsed, type Written } from "./parsed.ts"

/** What one written suffix multiplies by, as a fraction of whole numbers so that nothing is rounded on the way. */
const suffixes: Readonly<Record<string, readonly [times: bigint, over: bigint]>> = {
  n: [1n, 1_000_000_000n],
  u: [1n, 1_000_000n],
  m: [1n, 1_000n],
  "": [1n, 1n],
  k: [10n ** 3n, 1n],
  M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n],
  T: [10n ** 12n, 1n],
  P: [10n ** 15n, 1n],
  E: [10n ** 18n, 1n],
  Ki: [2n ** 10n, 1n],
  Mi: [2n ** 20n, 1n],
  Gi: [2n ** 30n, 1n],
  Ti: [2n ** 40n, 1n],
  Pi: [2n ** 50n, 1n],
  Ei: [2n ** 60n, 1n]
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3})|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/

/**
 * A quantity as Kubernetes writes it, in whole units of 1/`unitsPerOne`, rounded up as the API server does.
 * Exact: `0.1` with 1000 units per one is 100, and `1G` is not `1Gi`.
 */
export const parseQuantity = (written: Written, unitsPerOne: number): Result.Result<number, string> => {
  const text = typeof written === "number" ? String(written) : written.trim()
  const match = pattern.exec(text)
  const whole = match?.[2] ?? ""
  const fraction = match?.[3] ?? ""
  if (match === null || whole.length + fraction.length === 0)
    return Result.fail(`${JSON.stringify(text)} is no quantity`)
  if (text.length > 64) return Result.fail("a quantity has at most 64 characters")
  if (match[1] === "-") return Result.fail(`${text} is negative`)
  const exponent = Number(match[4] ?? 0)
  const [times, over] = suffixes[match[5] ?? ""] ?? [1n, 1n]
  const digits = BigInt(whole + fraction) * times * BigInt(unitsPerOne) * 10n ** BigInt(Math.max(0, exponent))
  const divisor = over * 10n ** BigInt(fraction.length + Math.max(0, -exponent))
  const units = (digits + divisor - 1n) / divisor
  return units > BigInt(Number.MAX_SAFE_INTEGER) ? Result.fail(`${text} is too large`) : Result.succeed(Number(units))
}

/** Cores as people write them: `0.5`, or `500m` where that is shorter to read. */
export const printCpu = (cpuMilli: number): string => (cpuMilli % 1000 === 0 ? String(cpuMilli / 1000) : `${cpuMilli}m`)

/** Bytes in the largest binary unit that stays whole: `512Mi`, `1Gi`, or plain bytes. */
export const printBytes = (bytes: number): string => {
  for (const [suffix, size] of [
    ["Ti", 2 ** 40],
    ["Gi", 2 ** 30],
    ["Mi", 2 ** 20],
    ["Ki", 2 ** 10]
  ] as const)
    if (bytes > 0 && bytes % size === 0) return `${bytes / size}${suffix}`
  return String(bytes)
}

const Whole = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** Processor time in thousandths of a core; written as cores. */
export const CpuMilli = parsed(Whole, {
  name: "cpu",
  allowed: "cores such as 2, 0.5 or 500m",
  parse: (written) => parseQuantity(written, 1000),
  print: printCpu
})

/** Memory or disk in bytes; `1Gi` is 2^30, `1G` is 10^9. */
export const Bytes = parsed(Whole, {
  name: "bytes",
  allowed: "an amount such as 512Mi, 1Gi (2^30) or 1G (10^9)",
  parse: (written) => parseQuantity(written, 1),
  print: printBytes
})

/** GPUs in thousandths, so that shares of one can be asked for; written as GPUs. */
export const GpuMilli = parsed(Whole, {
  name: "gpu",
  allowed: "GPUs such as 1 or 0.5",
  parse: (written) => parseQuantity(written, 1000),
  print: printCpu
})
