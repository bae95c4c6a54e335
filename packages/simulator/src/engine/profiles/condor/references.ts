import type { ClassAd } from "./classad/ClassAd.ts"
import type { Expression } from "./classad/Expression.ts"
import { fold } from "./classad/Value.ts"

const parts = (expression: Expression): ReadonlyArray<Expression> => {
  switch (expression.kind) {
    case "unary":
      return [expression.operand]
    case "binary":
      return [expression.left, expression.right]
    case "choice":
      return [expression.test, expression.then, expression.otherwise]
    case "elvis":
      return [expression.value, expression.otherwise]
    case "call":
      return expression.args
    case "list":
      return expression.items
    case "select":
      return [expression.from]
    case "index":
      return [expression.from, expression.at]
    default:
      return []
  }
}

function* names(expression: Expression): Iterable<{ readonly scope: "my" | "target" | "any"; readonly name: string }> {
  if (expression.kind === "attribute") yield { scope: expression.scope, name: fold(expression.name) }
  for (const part of parts(expression)) yield* names(part)
}

/** What an ad's expressions look up in the other side of a match, in lower case. */
export const externalReferences = (ad: ClassAd): ReadonlySet<string> => {
  const found = new Set<string>()
  for (const [, expression] of ad.entries()) {
    for (const { scope, name } of names(expression)) {
      if (scope === "target" || (scope === "any" && ad.lookup(name) === undefined)) found.add(name)
    }
  }
  return found
}

/** What some attributes of an ad look up in the ad itself, and what those look up in turn, in lower case. */
export const internalReferences = (ad: ClassAd, roots: ReadonlyArray<string>): ReadonlySet<string> => {
  const found = new Set<string>()
  const waiting = roots.map(fold)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const expression = ad.lookup(name)
    if (expression === undefined || found.has(name)) continue
    found.add(name)
    for (const reference of names(expression)) if (reference.scope !== "target") waiting.push(reference.name)
  }
  return found
}
