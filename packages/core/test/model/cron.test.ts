import { nextAfter, parseCron } from "@orrery/core"
import { Result } from "effect"
import fc from "fast-check"
import { expect, it } from "vitest"

const next = (text: string, after: string): string | undefined => {
  const atMs = nextAfter(Result.getOrThrow(parseCron(text)), Date.parse(after))
  return atMs === undefined ? undefined : new Date(atMs).toISOString().slice(0, 16)
}

it.each([
  ["0 * * * *", "2026-11-21T05:00:00Z", "2026-11-21T06:00"],
  ["*/15 9-17 * * mon-fri", "2026-11-21T05:00:00Z", "2026-11-23T09:00"],
  ["0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00"],
  ["30 6 13 * 5", "2026-11-21T05:00:00Z", "2026-11-27T06:30"],
  ["0 12 * jan,dec 7", "2026-11-21T05:00:00Z", "2026-12-06T12:00"],
  ["59 23 31 12 *", "1969-12-31T23:59:00Z", "1970-12-31T23:59"],
  ["@weekly", "2026-11-21T05:00:30Z", "2026-11-22T00:00"]
])("%s after %s is %s [R87]", (text, after, expected) => expect(next(text, after)).toBe(expected))

it("never comes where no month has the day", () => expect(next("0 0 30 2 *", "2026-01-01T00:00:00Z")).toBeUndefined())

it.each(["", "* * * *", "60 * * * *", "5-1 * * * *", "*/0 * * * *", "* * 0 * *", "* * * foo *", "1,,2 * * * *"])(
  "%j is refused",
  (text) => expect(Result.isFailure(parseCron(text))).toBe(true)
)

it("agrees with trying every minute", { timeout: 60_000 }, () => {
  const field = (first: number, last: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.integer({ min: 2, max: 20 }).map((step) => `*/${step}`),
      fc
        .uniqueArray(fc.integer({ min: first, max: last }), { minLength: 1, maxLength: 4 })
        .map((days) => days.join(","))
    )
  const schedule = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
  const matches = (text: ReadonlyArray<string>, atMs: number): boolean => {
    const { daysOfMonth, daysOfWeek, eitherDay, hours, minutes, months } = Result.getOrThrow(parseCron(text.join(" ")))
    const date = new Date(atMs)
    const [inMonth, inWeek] = [daysOfMonth.includes(date.getUTCDate()), daysOfWeek.includes(date.getUTCDay())]
    return (
      minutes.includes(date.getUTCMinutes()) &&
      hours.includes(date.getUTCHours()) &&
      months.includes(date.getUTCMonth() + 1) &&
      (eitherDay ? inMonth || inWeek : inMonth && inWeek)
    )
  }
  fc.assert(
    fc.property(schedule, fc.integer({ min: -1e9, max: 4e9 }), (text, second) => {
      const limitMs = 3 * 86_400_000
      const atMs = nextAfter(Result.getOrThrow(parseCron(text.join(" "))), second * 1000) ?? Number.POSITIVE_INFINITY
      let tried = Math.floor(second / 60) * 60_000 + 60_000
      while (tried < second * 1000 + limitMs && !matches(text, tried)) tried += 60_000
      return tried < second * 1000 + limitMs ? atMs === tried : atMs >= tried
    }),
    { numRuns: 60 }
  )
})
