import { Schema } from "effect"
import { defaultTo } from "./defaultTo.ts"
import { LabelKey, type Labels, Labels as LabelsSchema } from "./Labels.ts"

/** What a label must be. `Gt` and `Lt` compare whole numbers. */
export const Requirement = Schema.Struct({
  key: LabelKey,
  operator: Schema.Literals(["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]),
  values: Schema.Array(Schema.String).pipe(defaultTo([]))
})
export type Requirement = typeof Requirement.Type

/** Which labels count as a match: all of `matchLabels` and all of `matchExpressions`. */
export const LabelSelector = Schema.Struct({
  matchLabels: LabelsSchema.pipe(defaultTo({})),
  matchExpressions: Schema.Array(Requirement).pipe(defaultTo([]))
})
export type LabelSelector = typeof LabelSelector.Type

const whole = /^[+-]?\d{1,18}$/

/** Whether `labels` meet one requirement, by Kubernetes' rule: `NotIn` also holds where the label is missing. */
export const meets = (labels: Labels, { key, operator, values }: Requirement): boolean => {
  const value = labels[key]
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value)
    case "NotIn":
      return value === undefined || !values.includes(value)
    case "Exists":
      return value !== undefined
    case "DoesNotExist":
      return value === undefined
    default: {
      const bound = values[0]
      if (value === undefined || bound === undefined || !whole.test(value) || !whole.test(bound)) return false
      return operator === "Gt" ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound)
    }
  }
}

/** Whether a selector picks these labels. An empty selector picks everything. */
export const selects = (selector: LabelSelector, labels: Labels): boolean =>
  Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value) &&
  selector.matchExpressions.every((requirement) => meets(labels, requirement))
