import type { LabelSelector, Requirement } from "@orrery/core"
import type { V1LabelSelector } from "../Client.ts"
import type { Wire } from "../objects/wire.ts"

interface WireRequirement {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string>
}

/** One requirement; operators without values have no list at all. */
export const toRequirement = ({ key, operator, values }: Requirement): WireRequirement => ({
  key,
  operator,
  ...(values.length === 0 ? {} : { values })
})

const operators: ReadonlyArray<Requirement["operator"]> = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]

/** One requirement as Kubernetes has it. */
export const fromRequirement = ({ key, operator, values = [] }: WireRequirement): Requirement => ({
  key,
  operator: operators.find((known) => known === operator) ?? "Exists",
  values
})

/** A selector by labels. */
export const toSelector = ({ matchExpressions, matchLabels }: LabelSelector): Wire<V1LabelSelector> => ({
  ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
  ...(matchExpressions.length === 0 ? {} : { matchExpressions: matchExpressions.map(toRequirement) })
})

/** A selector as Kubernetes has it. */
export const fromSelector = (selector: Wire<V1LabelSelector> | undefined): LabelSelector => ({
  matchLabels: selector?.matchLabels ?? {},
  matchExpressions: (selector?.matchExpressions ?? []).map(fromRequirement)
})
