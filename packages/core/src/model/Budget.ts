import { Schema } from "effect"
import { defaultTo } from "./defaultTo.ts"
import { Name } from "./Name.ts"
import { LabelSelector } from "./Requirement.ts"
import { CountOrPercent } from "./UpdatePolicy.ts"

/** How many of some pods must stay ready, or may be missing, while nodes are emptied: exactly one of the two. */
export const DisruptionBudget = Schema.Struct({
  name: Name,
  namespace: Name.pipe(defaultTo("default")),
  selector: LabelSelector,
  minAvailable: Schema.optionalKey(CountOrPercent),
  maxUnavailable: Schema.optionalKey(CountOrPercent)
}).check(
  Schema.makeFilter(({ maxUnavailable, minAvailable }) =>
    (maxUnavailable === undefined) === (minAvailable === undefined)
      ? "exactly one of min_available and max_unavailable must be given"
      : undefined
  )
)
export type DisruptionBudget = typeof DisruptionBudget.Type
