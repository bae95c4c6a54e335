import { type BinaryOperator, type Expression, precedence } from "./Expression.ts"
import { type Token, tokenize } from "./tokenize.ts"
import { ERROR, fold, wrap } from "./Value.ts"

const suffixes: Readonly<Record<string, bigint>> = { b: 1n, k: 1n << 10n, m: 1n << 20n, g: 1n << 30n, t: 1n << 40n }
const words: Readonly<Record<string, Expression>> = {
  true: { kind: "literal", value: true },
  false: { kind: "literal", value: false },
  undefined: { kind: "literal", value: undefined },
  error: { kind: "literal", value: ERROR }
}
const wordOperators: Readonly<Record<string, BinaryOperator>> = { is: "=?=", isnt: "=!=" }

const wholeNumber = (text: string): bigint => {
  const suffix = /^0[xX]/.test(text) ? undefined : suffixes[fold(text.at(-1) ?? "")]
  return wrap(suffix === undefined ? BigInt(text) : BigInt(text.slice(0, -1)) * suffix)
}

class Parser {
  readonly tokens: ReadonlyArray<Token>
  place = 0

  constructor(source: string) {
    this.tokens = tokenize(source)
  }

  get next(): Token {
    return this.tokens[this.place] as Token
  }

  isSign(text: string): boolean {
    return this.next.kind === "sign" && this.next.text === text
  }

  accept(text: string): boolean {
    if (!this.isSign(text)) return false
    this.place++
    return true
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail(`expected ${text}`)
  }

  fail(what: string): never {
    const found = this.next.kind === "end" ? "the end" : JSON.stringify(this.next.text)
    throw new SyntaxError(`ClassAd: ${what} at ${this.next.at}, found ${found}`)
  }

  name(): string {
    if (this.next.kind !== "name") this.fail("expected a name")
    return (this.tokens[this.place++] as Token).text
  }

  expression(): Expression {
    const test = this.binary(1)
    if (this.accept("?:")) return { kind: "elvis", value: test, otherwise: this.expression() }
    if (!this.accept("?")) return test
    const then = this.expression()
    this.expect(":")
    return { kind: "choice", test, then, otherwise: this.expression() }
  }

  operator(): BinaryOperator | undefined {
    const { kind, text } = this.next
    if (kind === "name") return wordOperators[fold(text)]
    return kind === "sign" && Object.hasOwn(precedence, text) ? (text as BinaryOperator) : undefined
  }

  binary(least: number): Expression {
    let left = this.unary()
    for (
      let operator = this.operator();
      operator !== undefined && precedence[operator] >= least;
      operator = this.operator()
    ) {
      this.place++
      left = { kind: "binary", operator, left, right: this.binary(precedence[operator] + 1) }
    }
    return left
  }

  unary(): Expression {
    for (const operator of ["!", "-", "+", "~"] as const) {
      if (this.accept(operator)) return { kind: "unary", operator, operand: this.unary() }
    }
    return this.suffixed()
  }

  suffixed(): Expression {
    let value = this.primary()
    for (;;) {
      if (this.accept(".")) value = select(value, this.name())
      else if (this.accept("[")) {
        value = { kind: "index", from: value, at: this.expression() }
        this.expect("]")
      } else return value
    }
  }

  primary(): Expression {
    const token = this.next
    if (this.accept("(")) {
      const inner = this.expression()
      this.expect(")")
      return inner
    }
    if (this.accept("{")) return { kind: "list", items: this.items("}") }
    if (this.accept("[")) return { kind: "ad", attributes: this.attributes() }
    if (token.kind === "end" || token.kind === "sign") return this.fail("expected a value")
    this.place++
    switch (token.kind) {
      case "integer":
        return { kind: "literal", value: wholeNumber(token.text) }
      case "real":
        return { kind: "literal", value: Number(token.text) }
      case "string":
        return { kind: "literal", value: token.text }
      default:
        if (this.accept("(")) return { kind: "call", name: token.text, args: this.items(")") }
        return words[fold(token.text)] ?? { kind: "attribute", scope: "any", name: token.text }
    }
  }

  items(close: string): ReadonlyArray<Expression> {
    const items: Array<Expression> = []
    if (this.accept(close)) return items
    do items.push(this.expression())
    while (this.accept(","))
    this.expect(close)
    return items
  }

  attributes(): ReadonlyArray<readonly [string, Expression]> {
    const attributes: Array<readonly [string, Expression]> = []
    while (!this.accept("]")) {
      const name = this.name()
      this.expect("=")
      attributes.push([name, this.expression()])
      if (!this.accept(";") && !this.isSign("]")) this.fail("expected ; or ]")
    }
    return attributes
  }
}

/** `MY.x` and `TARGET.x` name an ad of the match; any other prefix is an attribute that holds an ad. */
const select = (from: Expression, name: string): Expression => {
  const prefix = from.kind === "attribute" && from.scope === "any" ? fold(from.name) : ""
  return prefix === "my" || prefix === "target"
    ? { kind: "attribute", scope: prefix, name }
    : { kind: "select", from, name }
}

/** Parses one ClassAd expression. Throws a SyntaxError that says where and what was expected. */
export const parse = (source: string): Expression => {
  const parser = new Parser(source)
  const expression = parser.expression()
  if (parser.next.kind !== "end") parser.fail("expected the end")
  return expression
}
