import { Result, Schema } from "effect"
import { parsed } from "./parsed.ts"

/** A schedule of five fields, each as the set of what it allows, ascending. Days count from Sunday, 0. */
export interface Cron {
  readonly minutes: ReadonlyArray<number>
  readonly hours: ReadonlyArray<number>
  readonly daysOfMonth: ReadonlyArray<number>
  readonly months: ReadonlyArray<number>
  readonly daysOfWeek: ReadonlyArray<number>
  /** Where both kinds of day are restricted, either of them is enough, as cron has always done. */
  readonly eitherDay: boolean
}

interface Range {
  readonly name: string
  readonly first: number
  readonly last: number
  readonly words?: ReadonlyArray<string>
}

const ranges: ReadonlyArray<Range> = [
  { name: "minute", first: 0, last: 59 },
  { name: "hour", first: 0, last: 23 },
  { name: "day of month", first: 1, last: 31 },
  {
    name: "month",
    first: 1,
    last: 12,
    words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
  },
  { name: "day of week", first: 0, last: 7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] }
]

const shorthands: ReadonlyMap<string, string> = new Map([
  ["@hourly", "0 * * * *"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@weekly", "0 0 * * 0"],
  ["@monthly", "0 0 1 * *"],
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"]
])

const numberOf = (text: string, { first, last, words = [] }: Range): number | undefined => {
  const word = words.indexOf(text.toLowerCase())
  const value = word >= 0 ? word + first : /^\d{1,2}$/.test(text) ? Number(text) : undefined
  return value !== undefined && value >= first && value <= last ? value : undefined
}

/** `*`, `5`, `1-5`, each with an optional `/step`, joined by commas. */
const parseField = (text: string, range: Range): Result.Result<ReadonlyArray<number>, string> => {
  const complaint = Result.fail(`${JSON.stringify(text)} is no ${range.name} (${range.first}-${range.last})`)
  const allowed = new Set<number>()
  for (const part of text.split(",")) {
    const match = /^(\*|[a-zA-Z0-9]+)(?:-([a-zA-Z0-9]+))?(?:\/(\d{1,2}))?$/.exec(part)
    if (match === null) return complaint
    const [, from = "", to, by] = match
    const every = Number(by ?? 1)
    const first = from === "*" ? range.first : numberOf(from, range)
    const last = to !== undefined ? numberOf(to, range) : from === "*" || by !== undefined ? range.last : first
    if (first === undefined || last === undefined || every === 0 || first > last || (from === "*" && to !== undefined))
      return complaint
    for (let value = first; value <= last; value += every) allowed.add(value)
  }
  return Result.succeed([...allowed].sort((a, b) => a - b))
}

/** Five fields as crontab(5) has them, or a word such as `@daily`. */
export const parseCron = (text: string): Result.Result<Cron, string> => {
  if (text.length > 256) return Result.fail("a schedule has at most 256 characters")
  const trimmed = text.trim()
  const written = (shorthands.get(trimmed.toLowerCase()) ?? trimmed).split(/\s+/)
  if (written.length !== 5)
    return Result.fail(
      `${JSON.stringify(trimmed)} has ${written.length} fields instead of five: minute hour day month weekday`
    )
  const fields: Array<ReadonlyArray<number>> = []
  for (const [index, range] of ranges.entries()) {
    const field = parseField(written[index] ?? "", range)
    if (Result.isFailure(field)) return Result.fail(field.failure)
    fields.push(field.success)
  }
  const [minutes = [], hours = [], daysOfMonth = [], months = [], daysOfWeek = []] = fields
  return Result.succeed({
    minutes,
    hours,
    daysOfMonth,
    months,
    daysOfWeek: [...new Set(daysOfWeek.map((day) => day % 7))].sort((a, b) => a - b),
    eitherDay: !written[2]?.startsWith("*") && !written[4]?.startsWith("*")
  })
}

/** Year, month and day of a count of days since 1970, in the Gregorian calendar. */
const dateOf = (days: number): { readonly month: number; readonly day: number } => {
  // Years begin in March here, so that the leap day is a year's last and the months before it never shift.
  const sinceMarch = days + 719_468
  const dayOfEra = ((sinceMarch % 146_097) + 146_097) % 146_097
  const year = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365
  )
  const dayOfYear = dayOfEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  return {
    month: shifted < 10 ? shifted + 3 : shifted - 9,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  }
}

const includesDay = (cron: Cron, days: number): boolean => {
  const { day, month } = dateOf(days)
  const weekday = (((days + 4) % 7) + 7) % 7
  const inMonth = cron.daysOfMonth.includes(day)
  const inWeek = cron.daysOfWeek.includes(weekday)
  return cron.months.includes(month) && (cron.eitherDay ? inMonth || inWeek : inMonth && inWeek)
}

const minuteMs = 60_000
const minutesPerDay = 1_440
/** The longest wait there is: from one 29 February to the next over a century without leap day. */
const daysMax = 8 * 366 + 1

/** The first whole minute (UTC) after a moment that the schedule names; `undefined` where there is none, as on 30 February. */
export const nextAfter = (cron: Cron, afterMs: number): number | undefined => {
  const from = Math.floor(afterMs / minuteMs) + 1
  const firstDay = Math.floor(from / minutesPerDay)
  for (let day = firstDay; day <= firstDay + daysMax; day++) {
    if (!includesDay(cron, day)) continue
    const earliest = day === firstDay ? from - day * minutesPerDay : 0
    for (const hour of cron.hours)
      for (const minute of cron.minutes)
        if (hour * 60 + minute >= earliest) return (day * minutesPerDay + hour * 60 + minute) * minuteMs
  }
  return undefined
}

/** A cron schedule, checked and kept as written. */
export const CronText = parsed(Schema.String, {
  name: "schedule",
  allowed: 'a cron schedule of five fields such as "0 * * * *", or a word such as @daily',
  parse: (written) => Result.map(parseCron(String(written)), () => String(written)),
  print: (value) => value
})
