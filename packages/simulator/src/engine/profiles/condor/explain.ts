import type { ClassAd } from "./classad/ClassAd.ts"
import type { Expression } from "./classad/Expression.ts"
import { evaluate, evaluateAttribute } from "./classad/evaluate.ts"
import { print, printValue } from "./classad/print.ts"
import { holds } from "./classad/Value.ts"

const conjuncts = (expression: Expression): ReadonlyArray<Expression> =>
  expression.kind === "binary" && expression.operator === "&&"
    ? [...conjuncts(expression.left), ...conjuncts(expression.right)]
    : [expression]

const failing = (side: string, ad: ClassAd, target: ClassAd): string | undefined => {
  if (holds(evaluateAttribute(ad, "Requirements", target))) return undefined
  const requirements = ad.lookup("Requirements")
  if (requirements === undefined) return `${side} has no Requirements`
  for (const part of conjuncts(requirements)) {
    const value = evaluate(part, { my: ad, target })
    if (!holds(value)) return `${side} requires ${print(part)}, which is ${printValue(value)}`
  }
  return `${side} requires ${print(requirements)}`
}

/** The first condition of the job, then of the slot, that keeps the two apart; undefined where none does. */
export const whyNot = (job: ClassAd, slot: ClassAd): string | undefined =>
  failing("the job", job, slot) ?? failing("the slot", slot, job)
