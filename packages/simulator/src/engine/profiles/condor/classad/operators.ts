import { ClassAd } from "./ClassAd.ts"
import type { BinaryOperator } from "./Expression.ts"
import { ERROR, fold, isNumeric, type Value, wrap } from "./Value.ts"

type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">="
type Arithmetic = Exclude<BinaryOperator, Comparison | "&&" | "||" | "=?=" | "=!=">

const ordered = (operator: Comparison, order: number): boolean => {
  switch (operator) {
    case "==":
      return order === 0
    case "!=":
      return order !== 0
    case "<":
      return order < 0
    case "<=":
      return order <= 0
    case ">":
      return order > 0
    case ">=":
      return order >= 0
  }
}

const order = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)
const integral = (value: boolean | bigint): bigint => BigInt(value)

/** `==` and its kin: strings without regard to case, numbers by value, undefined where a side is undefined. */
export const compare = (operator: Comparison, a: Value, b: Value): Value => {
  if (a === ERROR || b === ERROR) return ERROR
  if (a === undefined || b === undefined) return undefined
  if (typeof a === "string" && typeof b === "string") return ordered(operator, order(fold(a), fold(b)))
  if (!isNumeric(a) || !isNumeric(b)) return ERROR
  if (typeof a === "number" || typeof b === "number") return ordered(operator, order(Number(a), Number(b)))
  return ordered(operator, order(integral(a), integral(b)))
}

/** `=?=`: the same kind and the same value, case included; always true or false. */
export const identical = (a: Value, b: Value): boolean => {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => identical(item, b[i] as Value))
  if (a instanceof ClassAd || b instanceof ClassAd) return a === b
  return typeof a === typeof b && a === b
}

const whole = (operator: Arithmetic, a: bigint, b: bigint): Value => {
  switch (operator) {
    case "+":
      return wrap(a + b)
    case "-":
      return wrap(a - b)
    case "*":
      return wrap(a * b)
    case "/":
      return b === 0n ? ERROR : wrap(a / b)
    case "%":
      return b === 0n ? ERROR : a % b
    case "|":
      return a | b
    case "&":
      return a & b
    case "^":
      return a ^ b
    case "<<":
      return wrap(a << (b & 63n))
    case ">>":
      return a >> (b & 63n)
    case ">>>":
      return wrap(BigInt.asUintN(64, a) >> (b & 63n))
  }
}

const real = (operator: Arithmetic, a: number, b: number): Value => {
  switch (operator) {
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
    case "/":
      return b === 0 ? ERROR : a / b
    default:
      return ERROR
  }
}

/** Arithmetic and bit operators: whole numbers stay whole, a real makes the result real, a boolean counts 0 or 1. */
export const arithmetic = (operator: Arithmetic, a: Value, b: Value): Value => {
  if (a === ERROR || b === ERROR) return ERROR
  if (a === undefined || b === undefined) return undefined
  if (!isNumeric(a) || !isNumeric(b)) return ERROR
  if (typeof a === "number" || typeof b === "number") return real(operator, Number(a), Number(b))
  const numeric = operator === "+" || operator === "-" || operator === "*" || operator === "/" || operator === "%"
  if (!numeric && (typeof a === "boolean" || typeof b === "boolean")) return ERROR
  return whole(operator, integral(a), integral(b))
}
