import { ClassAd } from "./ClassAd.ts"
import { type Expression, precedence } from "./Expression.ts"
import { ERROR, type Value } from "./Value.ts"

const named: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\t": "\\t",
  "\r": "\\r",
  "\b": "\\b",
  "\f": "\\f",
  '"': '\\"',
  "\\": "\\\\"
}
const octal = (c: string): string => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped.
const unsafe = /["\\\u0000-\u001f\u007f]/g

/** A text as a ClassAd string literal: whatever it holds, it cannot end the literal early. */
export const quote = (text: string): string => `"${text.replace(unsafe, (c) => named[c] ?? octal(c))}"`

/** A real number in the tools' notation, which always shows that it is none of the whole ones. */
const printReal = (value: number): string => {
  if (Number.isNaN(value)) return 'real("NaN")'
  if (!Number.isFinite(value)) return value > 0 ? 'real("INF")' : '-real("INF")'
  const digits = String(value)
  return /[.e]/.test(digits) ? digits.replace("e", "E") : `${digits}.0`
}

/** A value as ClassAd source that evaluates to it. */
export const printValue = (value: Value): string => {
  if (value === undefined) return "undefined"
  if (value === ERROR) return "error"
  if (typeof value === "string") return quote(value)
  if (typeof value === "number") return printReal(value)
  if (value instanceof ClassAd)
    return `[ ${[...value.entries()].map(([name, e]) => `${name} = ${print(e)}; `).join("")}]`
  if (typeof value === "object") return `{ ${value.map(printValue).join(",")} }`
  return String(value)
}

/** An expression as ClassAd source. Parsing it gives the same expression. */
export const print = (expression: Expression): string => {
  switch (expression.kind) {
    case "literal":
      return printValue(expression.value)
    case "attribute":
      return expression.scope === "any" ? expression.name : `${expression.scope.toUpperCase()}.${expression.name}`
    case "unary":
      return `${expression.operator}${tight(expression.operand)}`
    case "binary": {
      const level = precedence[expression.operator]
      return `${operand(expression.left, level)} ${expression.operator} ${operand(expression.right, level + 1)}`
    }
    case "choice":
      return `${tight(expression.test)} ? ${print(expression.then)} : ${print(expression.otherwise)}`
    case "elvis":
      return `${tight(expression.value)} ?: ${print(expression.otherwise)}`
    case "call":
      return `${expression.name}(${expression.args.map(print).join(",")})`
    case "list":
      return `{ ${expression.items.map(print).join(",")} }`
    case "ad":
      return `[ ${expression.attributes.map(([name, e]) => `${name} = ${print(e)}; `).join("")}]`
    case "select":
      return `${tight(expression.from)}.${expression.name}`
    case "index":
      return `${tight(expression.from)}[${print(expression.at)}]`
  }
}

const compound = (e: Expression): boolean =>
  e.kind === "binary" || e.kind === "choice" || e.kind === "elvis" || e.kind === "unary"
const negative = (e: Expression): boolean =>
  e.kind === "literal" && (typeof e.value === "bigint" || typeof e.value === "number") && e.value < 0
const tight = (e: Expression): string => (compound(e) || negative(e) ? `(${print(e)})` : print(e))
const operand = (e: Expression, level: number): string =>
  e.kind === "binary" && precedence[e.operator] >= level ? print(e) : tight(e)
