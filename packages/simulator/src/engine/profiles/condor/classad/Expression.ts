import type { Value } from "./Value.ts"

/** Operators with two operands. */
export type BinaryOperator =
  | "||"
  | "&&"
  | "|"
  | "^"
  | "&"
  | "=="
  | "!="
  | "=?="
  | "=!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "<<"
  | ">>"
  | ">>>"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"

/** A parsed ClassAd expression. Names are kept as written; they are compared without regard to case. */
export type Expression =
  | { readonly kind: "literal"; readonly value: Value }
  | { readonly kind: "attribute"; readonly scope: "my" | "target" | "any"; readonly name: string }
  | { readonly kind: "select"; readonly from: Expression; readonly name: string }
  | { readonly kind: "index"; readonly from: Expression; readonly at: Expression }
  | { readonly kind: "unary"; readonly operator: "!" | "-" | "+" | "~"; readonly operand: Expression }
  | {
      readonly kind: "binary"
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: "choice"; readonly test: Expression; readonly then: Expression; readonly otherwise: Expression }
  | { readonly kind: "elvis"; readonly value: Expression; readonly otherwise: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: ReadonlyArray<Expression> }
  | { readonly kind: "list"; readonly items: ReadonlyArray<Expression> }
  | { readonly kind: "ad"; readonly attributes: ReadonlyArray<readonly [string, Expression]> }

/** Binding strength of each operator with two operands; a higher one binds tighter. */
export const precedence: Readonly<Record<BinaryOperator, number>> = {
  "||": 1,
  "&&": 2,
  "|": 3,
  "^": 4,
  "&": 5,
  "==": 6,
  "!=": 6,
  "=?=": 6,
  "=!=": 6,
  "<": 7,
  "<=": 7,
  ">": 7,
  ">=": 7,
  "<<": 8,
  ">>": 8,
  ">>>": 8,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "%": 10
}
