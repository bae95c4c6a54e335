import type { Labels } from "../../model/Labels.ts"
import type { NodeSelectorTerm } from "../../model/Pod.ts"
import { meets } from "../../model/Requirement.ts"
import type { Filter } from "./Filter.ts"

/** Whether labels meet a term; by Kubernetes' rule a term without expressions meets nothing. */
export const meetsTerm = ({ matchExpressions }: NodeSelectorTerm, labels: Labels): boolean =>
  matchExpressions.length > 0 && matchExpressions.every((requirement) => meets(labels, requirement))

/** One of the required terms must hold. */
export const nodeAffinity: Filter = ({ place: { labels }, pod }) => {
  const terms = pod.spec.affinity?.nodeAffinity?.required ?? []
  return terms.length === 0 || terms.some((term) => meetsTerm(term, labels))
    ? undefined
    : { code: "affinity", why: "its labels meet none of the pod's node affinity terms" }
}
