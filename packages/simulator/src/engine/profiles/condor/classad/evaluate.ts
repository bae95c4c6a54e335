import { ClassAd } from "./ClassAd.ts"
import type { BinaryOperator, Expression } from "./Expression.ts"
import { functions } from "./functions.ts"
import { arithmetic, compare, identical } from "./operators.ts"
import { ERROR, fold, isNumeric, toNumber, type Value, wrap } from "./Value.ts"

/** Where names are looked up: this ad first, then the ads around it, then the other side of the match. */
export interface Scope {
  readonly my: ClassAd
  readonly target?: ClassAd | undefined
  /** The scope this ad is nested in. */
  readonly outer?: Scope
  /** What `time()` says; without it `time()` is an error, for an engine has no clock. */
  readonly timeS?: number
  readonly depth?: number
}

const depthMax = 400

/** The value of an expression in a scope. Never throws: what cannot be computed is ERROR. */
export const evaluate = (expression: Expression, scope: Scope): Value => {
  switch (expression.kind) {
    case "literal":
      return expression.value
    case "attribute":
      return attribute(expression.scope, expression.name, scope)
    case "unary":
      return unary(expression.operator, evaluate(expression.operand, scope))
    case "binary":
      return binary(expression, scope)
    case "choice": {
      const test = condition(evaluate(expression.test, scope))
      return typeof test === "boolean" ? evaluate(test ? expression.then : expression.otherwise, scope) : test
    }
    case "elvis": {
      const value = evaluate(expression.value, scope)
      return value === undefined ? evaluate(expression.otherwise, scope) : value
    }
    case "call":
      return call(expression.name, expression.args, scope)
    case "list":
      return expression.items.map((item) => evaluate(item, scope))
    case "ad":
      return new ClassAd(expression.attributes)
    case "select":
      return select(evaluate(expression.from, scope), expression.name, scope)
    case "index":
      return index(evaluate(expression.from, scope), evaluate(expression.at, scope), scope)
  }
}

/** The value of one attribute of an ad, seen from that ad with the other side as its target. */
export const evaluateAttribute = (ad: ClassAd, name: string, target?: ClassAd): Value => {
  const expression = ad.lookup(name)
  return expression === undefined ? undefined : evaluate(expression, { my: ad, target })
}

const deeper = (scope: Scope): Scope | undefined => {
  const depth = (scope.depth ?? 0) + 1
  return depth > depthMax ? undefined : { ...scope, depth }
}

const inside = (expression: Expression, scope: Scope): Value => {
  const next = deeper(scope)
  return next === undefined ? ERROR : evaluate(expression, next)
}

const attribute = (where: "my" | "target" | "any", name: string, scope: Scope): Value => {
  if (where !== "target") {
    for (let at: Scope | undefined = scope; at !== undefined; at = where === "any" ? at.outer : undefined) {
      const own = at.my.lookup(name)
      if (own !== undefined) return inside(own, { ...at, depth: scope.depth ?? 0 })
    }
  }
  const theirs = where === "my" ? undefined : scope.target?.lookup(name)
  if (theirs === undefined || scope.target === undefined) return undefined
  const { outer: _, ...rest } = scope
  return inside(theirs, { ...rest, my: scope.target, target: scope.my })
}

const select = (from: Value, name: string, scope: Scope): Value => {
  if (from instanceof ClassAd) {
    const found = from.lookup(name)
    return found === undefined ? undefined : inside(found, { ...scope, my: from, outer: scope })
  }
  if (Array.isArray(from)) return from.map((item) => select(item, name, scope))
  return from === undefined ? undefined : ERROR
}

const index = (from: Value, at: Value, scope: Scope): Value => {
  if (from === ERROR || at === ERROR) return ERROR
  if (from === undefined || at === undefined) return undefined
  if (Array.isArray(from) && typeof at === "bigint") return at >= 0n && at < from.length ? from[Number(at)] : ERROR
  return from instanceof ClassAd && typeof at === "string" ? select(from, at, scope) : ERROR
}

/** A value as a condition: true, false, undefined, or ERROR for what is neither a boolean nor a number. */
const condition = (value: Value): boolean | undefined | typeof ERROR => {
  if (isNumeric(value)) return Number(value) !== 0
  return value === undefined ? undefined : ERROR
}

const unary = (operator: "!" | "-" | "+" | "~", value: Value): Value => {
  if (operator === "!") {
    const test = condition(value)
    return typeof test === "boolean" ? !test : test
  }
  if (value === undefined || value === ERROR) return value
  if (operator === "~") return typeof value === "bigint" ? wrap(~value) : ERROR
  if (typeof value === "bigint") return operator === "-" ? wrap(-value) : value
  if (typeof value === "number") return operator === "-" ? -value : value
  return ERROR
}

const binary = (
  {
    operator,
    left,
    right
  }: { readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression },
  scope: Scope
): Value => {
  if (operator === "&&" || operator === "||") return logical(operator, left, right, scope)
  const a = evaluate(left, scope)
  const b = evaluate(right, scope)
  switch (operator) {
    case "=?=":
      return identical(a, b)
    case "=!=":
      return !identical(a, b)
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compare(operator, a, b)
    default:
      return arithmetic(operator, a, b)
  }
}

/** `&&` and `||` with three values: the deciding value wins over undefined, and the left side over an error at the right. */
const logical = (operator: "&&" | "||", left: Expression, right: Expression, scope: Scope): Value => {
  const deciding = operator === "||"
  const a = condition(evaluate(left, scope))
  if (a === deciding || a === ERROR) return a
  const b = condition(evaluate(right, scope))
  if (b === deciding || b === ERROR) return b
  return a === undefined ? undefined : b
}

const call = (name: string, args: ReadonlyArray<Expression>, scope: Scope): Value => {
  const known = fold(name)
  if (known === "ifthenelse") {
    if (args.length !== 3) return ERROR
    const [test, then, otherwise] = args as [Expression, Expression, Expression]
    return evaluate({ kind: "choice", test, then, otherwise }, scope)
  }
  if (known === "time") return scope.timeS === undefined ? ERROR : BigInt(scope.timeS)
  if (known === "eval") {
    return args.length === 1 ? evaluate(args[0] as Expression, scope) : ERROR
  }
  const make = Object.hasOwn(functions, known) ? functions[known] : undefined
  return make === undefined ? ERROR : make(args.map((argument) => evaluate(argument, scope)))
}

/** Whether both ads' Requirements hold for each other. */
export const matches = (one: ClassAd, other: ClassAd): boolean => truth(one, other) && truth(other, one)

const truth = (ad: ClassAd, target: ClassAd): boolean =>
  condition(evaluateAttribute(ad, "Requirements", target)) === true

/** A ClassAd expression of a ranking as a number; `otherwise` where it is none. */
export const rankOf = (expression: Expression | undefined, my: ClassAd, target: ClassAd, otherwise: number): number =>
  expression === undefined ? otherwise : (toNumber(evaluate(expression, { my, target })) ?? otherwise)
