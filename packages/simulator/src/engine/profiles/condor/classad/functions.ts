import { ClassAd } from "./ClassAd.ts"
import { compare, identical } from "./operators.ts"
import { printValue } from "./print.ts"
import { ERROR, fold, isNumeric, toNumber, type Value, wrap } from "./Value.ts"

type Arguments = ReadonlyArray<Value>
type Builtin = (args: Arguments) => Value

/** A function that is ERROR or undefined when one of its arguments is, and ERROR with a wrong number of them. */
const strict =
  (least: number, most: number, body: Builtin): Builtin =>
  (args) => {
    if (args.length < least || args.length > most || args.includes(ERROR)) return ERROR
    return args.includes(undefined) ? undefined : body(args)
  }
const kindOf =
  (test: (value: Value) => boolean): Builtin =>
  (args) =>
    args.length === 1 ? test(args[0]) : ERROR
const texts = (args: Arguments): args is ReadonlyArray<string> => args.every((value) => typeof value === "string")
const parts = (list: string, separators = " ,"): ReadonlyArray<string> =>
  list
    .split(new RegExp(`[${separators.replace(/[\]\\^-]/g, "\\$&")}]`))
    .map((part) => part.trim())
    .filter((part) => part !== "")

const rounding = (round: (value: number) => number): Builtin =>
  strict(1, 1, ([value]) => {
    if (typeof value === "bigint") return value
    const number = toReal(value)
    return number === undefined ? ERROR : wrap(BigInt(round(number)))
  })

const numeral = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/
const toReal = (value: Value): number | undefined => {
  if (typeof value !== "string") return toNumber(value)
  return numeral.test(value) ? Number(value) : undefined
}
const nearest = (value: number): number => {
  const down = Math.floor(value)
  if (value - down !== 0.5) return Math.round(value)
  return down % 2 === 0 ? down : down + 1
}

/** Reals as the library writes them into strings: sixteen digits and an exponent of at least two. */
const realText = (value: number): string =>
  value === 0 || !Number.isFinite(value)
    ? printValue(value)
    : value.toExponential(15).replace(/e([+-])(\d+)$/, (_, sign, digits) => `E${sign}${digits.padStart(2, "0")}`)
const toText = (value: Value): string =>
  typeof value === "string" ? value : typeof value === "number" ? realText(value) : printValue(value)

/** quantize(a, b): a rounded up to a multiple of b; with a list, the first item that is at least a. */
const quantize = (value: Value, step: Value): Value => {
  if (!isNumeric(value)) return ERROR
  if (Array.isArray(step)) {
    for (const item of step) {
      if (!isNumeric(item)) return ERROR
      if (Number(item) >= Number(value)) return item
    }
    const last = step.at(-1) as Value
    return step.length === 0 ? value : quantize(value, last)
  }
  if (!isNumeric(step)) return ERROR
  if (Number(step) === 0) return value
  if (typeof step === "number") return Math.ceil(Number(value) / step) * step
  const by = BigInt(step)
  if (typeof value === "number") return Math.ceil(value / Number(by)) * Number(by)
  return ((BigInt(value) + by - 1n) / by) * by
}

const extreme =
  (better: (a: number, b: number) => boolean): Builtin =>
  (args) => {
    const list = args[0]
    if (args.length !== 1 || list === ERROR) return ERROR
    if (list === undefined) return undefined
    if (!Array.isArray(list)) return ERROR
    const known: ReadonlyArray<Value> = list.filter((value: Value) => value !== undefined)
    if (!known.every(isNumeric)) return ERROR
    if (known.length === 0) return undefined
    const best = known.reduce((a, b) => (better(Number(b), Number(a)) ? b : a))
    return known.some((value) => typeof value === "number") ? Number(best) : BigInt(best)
  }

const memberBy =
  (same: (a: Value, b: Value) => boolean): Builtin =>
  (args) => {
    const [value, list] = args
    if (args.length !== 2 || value === ERROR || list === ERROR || Array.isArray(value) || value instanceof ClassAd)
      return ERROR
    if (list === undefined || value === undefined) return undefined
    return Array.isArray(list) ? list.some((item: Value) => same(value, item)) : ERROR
  }

const listMember =
  (prepare: (text: string) => string): Builtin =>
  (args) => {
    if (args.length < 2 || args.length > 3 || args.includes(ERROR)) return ERROR
    // Unlike nearly every other function, this one takes a list that is undefined for an empty one.
    if (typeof args[0] === "string" && args[1] === undefined) return false
    if (args.includes(undefined)) return undefined
    if (!texts(args)) return ERROR
    const wanted = prepare(args[0] as string)
    return parts(args[1] as string, args[2]).some((part) => prepare(part) === wanted)
  }

const flagsOf = (options: string): string =>
  (fold(options).includes("i") ? "i" : "") +
  (fold(options).includes("m") ? "m" : "") +
  (fold(options).includes("s") ? "s" : "")
const regexp: Builtin = strict(2, 3, (args) => {
  if (!texts(args)) return ERROR
  try {
    return new RegExp(args[0] as string, flagsOf(args[2] ?? "")).test(args[1] as string)
  } catch {
    return ERROR
  }
})

const substr: Builtin = strict(2, 3, ([text, from, length]) => {
  if (typeof text !== "string" || typeof from !== "bigint" || (length !== undefined && typeof length !== "bigint"))
    return ERROR
  const start = Math.max(0, from < 0n ? text.length + Number(from) : Number(from))
  const end = length === undefined ? text.length : length < 0n ? text.length + Number(length) : start + Number(length)
  return text.slice(start, Math.max(start, end))
})

const cased = (change: (text: string) => string): Builtin => strict(1, 1, ([value]) => change(toText(value)))
const order = (prepare: (text: string) => string): Builtin =>
  strict(2, 2, (args) => {
    const [a, b] = args.map((value) => prepare(toText(value))) as [string, string]
    return a < b ? -1n : a > b ? 1n : 0n
  })

/** The functions that need only their arguments' values, by lower-case name. */
export const functions: Readonly<Record<string, Builtin>> = {
  isundefined: kindOf((value) => value === undefined),
  iserror: kindOf((value) => value === ERROR),
  isstring: kindOf((value) => typeof value === "string"),
  isinteger: kindOf((value) => typeof value === "bigint"),
  isreal: kindOf((value) => typeof value === "number"),
  isboolean: kindOf((value) => typeof value === "boolean"),
  islist: kindOf((value) => Array.isArray(value)),
  isclassad: kindOf((value) => value instanceof ClassAd),
  int: strict(1, 1, ([value]) => {
    if (typeof value === "bigint") return value
    const number = toReal(value)
    return number === undefined ? ERROR : wrap(BigInt(Math.trunc(number)))
  }),
  real: strict(1, 1, ([value]) => toReal(value) ?? ERROR),
  string: strict(1, 1, ([value]) => toText(value)),
  bool: strict(1, 1, ([value]) => {
    if (isNumeric(value)) return Number(value) !== 0
    const word = typeof value === "string" ? fold(value) : ""
    return word === "true" ? true : word === "false" ? false : ERROR
  }),
  floor: rounding(Math.floor),
  ceiling: rounding(Math.ceil),
  round: rounding(nearest),
  quantize: strict(2, 2, ([value, step]) => quantize(value, step)),
  min: extreme((a, b) => a < b),
  max: extreme((a, b) => a > b),
  size: strict(1, 1, ([value]) => {
    if (typeof value === "string") return BigInt(value.length)
    if (value instanceof ClassAd) return BigInt([...value.entries()].length)
    return Array.isArray(value) ? BigInt(value.length) : ERROR
  }),
  member: memberBy((a, b) => compare("==", a, b) === true),
  identicalmember: memberBy(identical),
  stringlistmember: listMember((text) => text),
  stringlistimember: listMember(fold),
  stringlistsize: strict(1, 2, (args) => (texts(args) ? BigInt(parts(args[0] as string, args[1]).length) : ERROR)),
  regexp,
  strcat: strict(0, Number.MAX_SAFE_INTEGER, (args) => args.map(toText).join("")),
  substr,
  tolower: cased(fold),
  toupper: cased((text) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase())),
  strcmp: order((text) => text),
  stricmp: order(fold),
  split: strict(1, 2, (args) => (texts(args) ? parts(args[0] as string, args[1] ?? " ,\t\n") : ERROR))
}
