import type { KubeNode, NodeTerm, PodClass, Taint, Toleration } from "./model.ts"
import { requirementHolds, selects } from "./selector.ts"

const fieldsOf = (node: KubeNode): ReadonlyMap<string, string> => new Map([["metadata.name", node.name]])

/** A pod class, or what will be one. */
type Placeable = Omit<PodClass, "id">

/** Whether the term selects the node; a term without conditions selects none. */
export const termSelects = (term: NodeTerm, node: KubeNode): boolean =>
  term.labels.length + term.fields.length > 0 &&
  term.labels.every((one) => requirementHolds(one, node.labels)) &&
  (term.fields.length === 0 || term.fields.every((one) => requirementHolds(one, fieldsOf(node))))

/** Whether the node meets the pod's node selector and required node affinity. */
export const meetsNodeAffinity = (podClass: Placeable, node: KubeNode): boolean =>
  (podClass.nodeSelector === undefined || selects(podClass.nodeSelector, node.labels)) &&
  (podClass.nodeTerms === undefined || podClass.nodeTerms.some((term) => termSelects(term, node)))

/** Whether the toleration covers the taint. */
const tolerates = (toleration: Toleration, taint: Taint): boolean =>
  (toleration.effect === "" || toleration.effect === taint.effect) &&
  (toleration.key === "" || toleration.key === taint.key) &&
  (toleration.operator === "Exists" || toleration.value === taint.value)

/** Whether the pod tolerates every taint that would keep it off the node. */
export const toleratesNode = (podClass: Placeable, node: KubeNode): boolean =>
  node.taints.every(
    (taint) => taint.effect === "PreferNoSchedule" || podClass.tolerations.some((one) => tolerates(one, taint))
  )

const cordon: Taint = { key: "node.kubernetes.io/unschedulable", value: "", effect: "NoSchedule" }

/** Whether the pod may run on cordoned nodes. */
export const toleratesCordon = (podClass: PodClass): boolean =>
  podClass.tolerations.some((one) => tolerates(one, cordon))

/** How many taints the pod would rather avoid. */
export const softTaintCount = (podClass: PodClass, node: KubeNode): number =>
  node.taints.filter(
    (taint) => taint.effect === "PreferNoSchedule" && !podClass.tolerations.some((one) => tolerates(one, taint))
  ).length
