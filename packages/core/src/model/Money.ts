import { Result, Schema } from "effect"
import { parsed, type Written } from "./parsed.ts"

/** US dollars, `2`, `0.0316` or `$2.50`, as whole millionths. */
export const parseUsd = (written: Written): Result.Result<number, string> => {
  const text = String(written).trim()
  const match = /^\$?(\d{1,12})(?:\.(\d{1,6})0*)?$/.exec(text)
  return match === null
    ? Result.fail(`${JSON.stringify(text)} is no amount of US dollars with at most six decimals`)
    : Result.succeed(Number(match[1]) * 1_000_000 + Number((match[2] ?? "").padEnd(6, "0")))
}

/** Dollars with as many decimals as needed, at least two. */
export const printUsd = (microUsd: number): string => {
  const sign = microUsd < 0 ? "-" : ""
  const whole = Math.floor(Math.abs(microUsd) / 1_000_000)
  const fraction = String(Math.abs(microUsd) % 1_000_000)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "")
  return `${sign}${whole}.${fraction}`
}

/** Money in millionths of a US dollar; written in dollars. */
export const MicroUsd = parsed(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)), {
  name: "US dollars",
  allowed: "US dollars such as 2 or 0.0316",
  parse: parseUsd,
  print: (microUsd) => Number(printUsd(microUsd))
})
