import { parseQuantityMilli } from "./quantity.ts"

/** A fault found while reading a value: its place inside the document, what is wrong, what to do. */
export interface Fault {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
  readonly remedy: string
}

/** Where reading is, and where faults go. */
export interface At {
  readonly path: ReadonlyArray<string | number>
  readonly faults: Array<Fault>
  readonly ignoreUnknown: boolean
}

/** Reads one value, or reports what is wrong with it and gives nothing. */
export type Shape<T> = (value: unknown, at: At) => T | undefined

/** What a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never

const below = (at: At, key: string | number): At => ({ ...at, path: [...at.path, key] })

/** Reports a fault at a place. */
export const fault = (at: At, message: string, remedy: string): undefined => {
  at.faults.push({ path: at.path, message, remedy })
  return undefined
}

const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "a list" : typeof value === "object" ? "a map" : typeof value

const shownMax = 64

/** A value as it is shown to people: a huge one is cut short. */
const shown = (value: unknown): string => {
  const whole = String(value)
  return whole.length > shownMax ? `${whole.slice(0, shownMax)}...` : whole
}

/** Any text. */
export const text: Shape<string> = (value, at) =>
  typeof value === "string"
    ? value
    : fault(at, `expected text, found ${kindOf(value)}`, "Put the value in quotes if it is meant as text.")

/** True or false. */
export const flag: Shape<boolean> = (value, at) =>
  typeof value === "boolean"
    ? value
    : fault(at, `expected true or false, found ${kindOf(value)}`, "Write true or false.")

/** A whole number within bounds, both included. */
export const whole =
  (min: number, max: number): Shape<number> =>
  (value, at) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : fault(at, `expected a whole number from ${min} to ${max}, found ${shown(value)}`, "Correct the number.")

/** A resource quantity in thousandths; never negative. */
export const quantity: Shape<bigint> = (value, at) => {
  const milli =
    typeof value === "string" || (typeof value === "number" && Number.isFinite(value))
      ? parseQuantityMilli(String(value).trim())
      : undefined
  if (milli === undefined)
    return fault(at, `not a quantity: ${shown(value)}`, 'Write a quantity such as "500m", "2" or "1.5Gi".')
  if (milli < 0n) return fault(at, `a quantity may not be negative: ${shown(value)}`, "Write zero or more.")
  if (milli > BigInt(Number.MAX_SAFE_INTEGER) * 1000n)
    return fault(at, `the quantity ${shown(value)} is beyond 2^53`, "Use a smaller quantity.")
  return milli
}

/** A point in time, in milliseconds since 1970. */
export const time: Shape<number> = (value, at) => {
  const timeMs = typeof value === "string" ? Date.parse(value) : Number.NaN
  return Number.isFinite(timeMs)
    ? timeMs
    : fault(at, `not a time: ${shown(value)}`, 'Write a time such as "2026-01-31T12:00:00Z".')
}

/** One of a few words. */
export const oneOf =
  <const T extends string>(...words: ReadonlyArray<T>): Shape<T> =>
  (value, at) =>
    words.find((word) => word === value) ??
    fault(at, `expected one of ${words.join(", ")}, found ${shown(value)}`, "Use one of the listed words.")

/** A list of values of one shape; null reads as the empty list. */
export const list =
  <T>(item: Shape<T>): Shape<ReadonlyArray<T>> =>
  (value, at) => {
    if (value === null) return []
    if (!Array.isArray(value)) return fault(at, `expected a list, found ${kindOf(value)}`, "Write a list.")
    const read: Array<T> = []
    value.forEach((one: unknown, index) => {
      const got = item(one, below(at, index))
      if (got !== undefined) read.push(got)
    })
    return read
  }

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A map from any names to values of one shape; null reads as the empty map. */
export const mapOf =
  <T>(item: Shape<T>): Shape<ReadonlyMap<string, T>> =>
  (value, at) => {
    if (value === null) return new Map()
    if (!isMap(value)) return fault(at, `expected a map, found ${kindOf(value)}`, "Write a map.")
    const read = new Map<string, T>()
    for (const [key, one] of Object.entries(value)) {
      const got = item(one, below(at, key))
      if (got !== undefined) read.set(key, got)
    }
    return read
  }

type Fields = Readonly<Record<string, Shape<unknown>>>
type ReadFields<F extends Fields, R extends keyof F> = { readonly [K in R]: Read<F[K]> } & {
  readonly [K in Exclude<keyof F, R>]?: Read<F[K]> | undefined
}

/** A map of named fields: those modelled, those required, and those known to have no say in placement. */
export const record =
  <F extends Fields, R extends keyof F & string = never>(
    fields: F,
    options: { readonly required?: ReadonlyArray<R>; readonly inert?: ReadonlyArray<string> } = {}
  ): Shape<ReadFields<F, R>> =>
  (value, at) => {
    if (!isMap(value)) return fault(at, `expected a map, found ${kindOf(value)}`, "Write a map of fields.")
    const before = at.faults.length
    const read: Record<string, unknown> = {}
    for (const [key, one] of Object.entries(value)) {
      const shape = Object.hasOwn(fields, key) ? fields[key] : undefined
      if (shape !== undefined) {
        if (one !== null) read[key] = shape(one, below(at, key))
      } else if (options.inert?.includes(key) !== true && !at.ignoreUnknown) {
        fault(
          below(at, key),
          `the field "${key}" is not modelled`,
          "Remove the field, or ask to ignore what is unknown."
        )
      }
    }
    for (const key of options.required ?? []) {
      if (read[key] === undefined && at.faults.length === before)
        fault(at, `the field "${key}" is missing`, `Add "${key}".`)
    }
    const missing = (options.required ?? []).some((key) => read[key] === undefined)
    return missing ? undefined : (read as ReadFields<F, R>)
  }
