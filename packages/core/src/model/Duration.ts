import { Result, Schema } from "effect"
import { parsed, type Written } from "./parsed.ts"

const unitMs: ReadonlyArray<readonly [unit: string, ms: number]> = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1]
]
const names: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["millisecond", 1],
  ["milliseconds", 1],
  ["s", 1_000],
  ["sec", 1_000],
  ["second", 1_000],
  ["seconds", 1_000],
  ["m", 60_000],
  ["min", 60_000],
  ["minute", 60_000],
  ["minutes", 60_000],
  ["h", 3_600_000],
  ["hour", 3_600_000],
  ["hours", 3_600_000],
  ["d", 86_400_000],
  ["day", 86_400_000],
  ["days", 86_400_000],
  ["w", 604_800_000],
  ["week", 604_800_000],
  ["weeks", 604_800_000]
])

/** `90s`, `1h30m`, `10 minutes`, `1.5h`; a bare number is seconds. Whole milliseconds, or a complaint. */
export const parseDuration = (written: Written): Result.Result<number, string> => {
  const text = String(written).trim()
  if (text.length > 64) return Result.fail("a duration has at most 64 characters")
  const bare = /^\d+(\.\d{1,3})?$/.test(text)
  const parts = bare ? [[text, text, "s"]] : [...text.matchAll(/(\d+(?:\.\d{1,9})?)\s*([a-zA-Z]+)\s*/g)]
  if (parts.length === 0 || (!bare && parts.map((part) => part[0]).join("") !== text))
    return Result.fail(`${JSON.stringify(text)} is no duration`)
  let ms = 0
  for (const [, amount = "", unit = ""] of parts) {
    const size = names.get(unit.toLowerCase())
    if (size === undefined) return Result.fail(`${JSON.stringify(unit)} is no unit of time (ms, s, m, h, d, w)`)
    const [whole = "0", fraction = ""] = amount.split(".")
    const scaled = BigInt(whole + fraction) * BigInt(size)
    const divisor = 10n ** BigInt(fraction.length)
    if (scaled % divisor !== 0n) return Result.fail(`${text} is finer than a millisecond`)
    ms += Number(scaled / divisor)
  }
  return Number.isSafeInteger(ms) ? Result.succeed(ms) : Result.fail(`${text} is too long`)
}

/** The same in the fewest units: `1h30m`. */
export const printDuration = (durationMs: number): string => {
  if (durationMs === 0) return "0s"
  let rest = durationMs
  let text = ""
  for (const [unit, size] of unitMs) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) text += `${count}${unit}`
  }
  return text
}

/** A span of time in whole milliseconds; written `10m`, `1h30m`, `45 seconds`, or as a number of seconds. */
export const DurationMs = parsed(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)), {
  name: "duration",
  allowed: "a duration such as 30s, 10m, 1h30m or 2 days",
  parse: parseDuration,
  print: printDuration
})
