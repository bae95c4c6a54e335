/** Labels of an object. */
export type Labels = ReadonlyMap<string, string>

/** How a requirement compares a label with its values. */
export type Operator = "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt"

/** One condition on one label. */
export interface Requirement {
  readonly key: string
  readonly operator: Operator
  readonly values: ReadonlyArray<string>
}

/** All requirements must hold: none selects everything; `undefined` selects nothing. */
export type Selector = ReadonlyArray<Requirement> | undefined

const wholeNumber = (text: string): bigint | undefined => {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const value = BigInt.asIntN(64, BigInt(text.replace(/^\+/, "")))
  return String(value) === String(BigInt(text.replace(/^\+/, ""))) ? value : undefined
}

/** Whether one requirement holds for the labels. */
export const requirementHolds = (requirement: Requirement, labels: Labels): boolean => {
  const value = labels.get(requirement.key)
  switch (requirement.operator) {
    case "Exists":
      return value !== undefined
    case "DoesNotExist":
      return value === undefined
    case "In":
      return value !== undefined && requirement.values.includes(value)
    case "NotIn":
      return value === undefined || !requirement.values.includes(value)
    default: {
      const left = value === undefined ? undefined : wholeNumber(value)
      const right = requirement.values.length === 1 ? wholeNumber(requirement.values[0] ?? "") : undefined
      if (left === undefined || right === undefined) return false
      return requirement.operator === "Gt" ? left > right : left < right
    }
  }
}

/** Whether the selector selects the labels. */
export const selects = (selector: Selector, labels: Labels): boolean =>
  selector?.every((requirement) => requirementHolds(requirement, labels)) ?? false

/** A selector for exact values of labels. */
export const selectorOfLabels = (labels: Labels): ReadonlyArray<Requirement> =>
  [...labels].map(([key, value]) => ({ key, operator: "In", values: [value] }))
