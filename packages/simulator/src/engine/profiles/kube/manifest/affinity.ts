import type { NodeTerm, PodTerm, SpreadConstraint, WeightedNodeTerm } from "../model.ts"
import type { Labels, Requirement, Selector } from "../selector.ts"
import { readSelector, selectorShape } from "./metadata.ts"
import { list, oneOf, type Read, record, text, whole } from "./shape.ts"

const int32Max = 2147483647

const nodeRequirementShape = record(
  { key: text, operator: oneOf("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"), values: list(text) },
  { required: ["key", "operator"] }
)

const nodeTermShape = record({ matchExpressions: list(nodeRequirementShape), matchFields: list(nodeRequirementShape) })

/** Terms of which one must select the node. */
export const nodeSelectorShape = record({ nodeSelectorTerms: list(nodeTermShape) })

/** The node part of an affinity, in pods and in a profile's settings. */
export const nodeAffinityShape = record({
  requiredDuringSchedulingIgnoredDuringExecution: nodeSelectorShape,
  preferredDuringSchedulingIgnoredDuringExecution: list(
    record({ weight: whole(0, 100), preference: nodeTermShape }, { required: ["weight", "preference"] })
  )
})

const podTermShape = record(
  {
    topologyKey: text,
    labelSelector: selectorShape,
    namespaces: list(text),
    namespaceSelector: selectorShape,
    matchLabelKeys: list(text),
    mismatchLabelKeys: list(text)
  },
  { required: ["topologyKey"] }
)

const podAffinityShape = record({
  requiredDuringSchedulingIgnoredDuringExecution: list(podTermShape),
  preferredDuringSchedulingIgnoredDuringExecution: list(
    record({ weight: whole(1, 100), podAffinityTerm: podTermShape }, { required: ["weight", "podAffinityTerm"] })
  )
})

/** All affinities of a pod. */
export const affinityShape = record({
  nodeAffinity: nodeAffinityShape,
  podAffinity: podAffinityShape,
  podAntiAffinity: podAffinityShape
})

/** A pod's spreading constraint. */
export const spreadShape = record(
  {
    maxSkew: whole(1, int32Max),
    topologyKey: text,
    whenUnsatisfiable: oneOf("DoNotSchedule", "ScheduleAnyway"),
    labelSelector: selectorShape,
    minDomains: whole(1, int32Max),
    nodeAffinityPolicy: oneOf("Honor", "Ignore"),
    nodeTaintsPolicy: oneOf("Honor", "Ignore"),
    matchLabelKeys: list(text)
  },
  { required: ["maxSkew", "topologyKey", "whenUnsatisfiable"] }
)

const readRequirement = (one: Read<typeof nodeRequirementShape>): Requirement => ({
  key: one.key,
  operator: one.operator,
  values: one.values ?? []
})

const readNodeTerm = (term: Read<typeof nodeTermShape>): NodeTerm => ({
  labels: (term.matchExpressions ?? []).map(readRequirement),
  fields: (term.matchFields ?? []).map(readRequirement)
})

/** The terms of a node selector. */
export const readNodeTerms = (
  selector: Read<typeof nodeSelectorShape> | undefined
): ReadonlyArray<NodeTerm> | undefined =>
  selector === undefined ? undefined : (selector.nodeSelectorTerms ?? []).map(readNodeTerm)

/** The weighted terms of a node affinity. */
export const readPreferredNodeTerms = (
  affinity: Read<typeof nodeAffinityShape> | undefined
): ReadonlyArray<WeightedNodeTerm> | undefined =>
  affinity?.preferredDuringSchedulingIgnoredDuringExecution?.map(({ weight, preference }) => ({
    ...readNodeTerm(preference),
    weight
  }))

const keyRequirements = (
  keys: ReadonlyArray<string> | undefined,
  labels: Labels,
  operator: "In" | "NotIn"
): ReadonlyArray<Requirement> =>
  (keys ?? []).flatMap((key) => {
    const value = labels.get(key)
    return value === undefined ? [] : [{ key, operator, values: [value] }]
  })

const readPodTerm = (term: Read<typeof podTermShape>, labels: Labels, namespace: string, weight: number): PodTerm => {
  const selector = readSelector(term.labelSelector)
  const own = (term.namespaces?.length ?? 0) === 0 && term.namespaceSelector === undefined
  return {
    topologyKey: term.topologyKey,
    selector: selector && [
      ...selector,
      ...keyRequirements(term.matchLabelKeys, labels, "In"),
      ...keyRequirements(term.mismatchLabelKeys, labels, "NotIn")
    ],
    namespaces: own ? [namespace] : (term.namespaces ?? []),
    namespaceSelector: readSelector(term.namespaceSelector),
    weight
  }
}

/** The terms a pod requires and those it prefers. */
export const readPodTerms = (
  affinity: Read<typeof podAffinityShape> | undefined,
  labels: Labels,
  namespace: string
): { readonly required: ReadonlyArray<PodTerm>; readonly preferred: ReadonlyArray<PodTerm> } => ({
  required: (affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) =>
    readPodTerm(term, labels, namespace, 0)
  ),
  preferred: (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ weight, podAffinityTerm }) =>
    readPodTerm(podAffinityTerm, labels, namespace, weight)
  )
})

/** A constraint with its defaults and with the label values it takes from its pod. */
export const readSpread = (constraint: Read<typeof spreadShape>, labels: Labels): SpreadConstraint => {
  const selector: Selector = readSelector(constraint.labelSelector)
  return {
    topologyKey: constraint.topologyKey,
    maxSkew: constraint.maxSkew,
    hard: constraint.whenUnsatisfiable === "DoNotSchedule",
    selector: selector && [...selector, ...keyRequirements(constraint.matchLabelKeys, labels, "In")],
    minDomains: constraint.minDomains ?? 1,
    honorAffinity: constraint.nodeAffinityPolicy !== "Ignore",
    honorTaints: constraint.nodeTaintsPolicy === "Honor"
  }
}
