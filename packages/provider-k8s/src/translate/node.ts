import type { Labels, Market, Node, Taint } from "@orrery/core"
import { labelOf } from "../objects/labels.ts"
import { timeMs, type WireNode } from "../objects/wire.ts"
import { fromQuantities } from "./quantity.ts"

/** Labels by which those who make nodes name their pools, ours first. */
const poolLabels = [
  labelOf.pool,
  "eks.amazonaws.com/nodegroup",
  "cloud.google.com/gke-nodepool",
  "kubernetes.azure.com/agentpool",
  "karpenter.sh/nodepool",
  "pool"
] as const

const firstOf = (labels: Labels, keys: ReadonlyArray<string>): string | undefined =>
  keys.map((key) => labels[key]).find((value) => value !== undefined)

const marketOf = (labels: Labels): Market =>
  /^spot$/i.test(firstOf(labels, ["karpenter.sh/capacity-type", "eks.amazonaws.com/capacityType"]) ?? "") ||
  firstOf(labels, ["cloud.google.com/gke-spot", "kubernetes.azure.com/scalesetpriority"])?.match(/^(true|spot)$/) !=
    null
    ? "spot"
    : "on-demand"

const stateOf = ({ metadata, status }: WireNode): Node["state"] => {
  if (metadata?.deletionTimestamp !== undefined) return "leaving"
  const ready = status?.conditions?.find(({ type }) => type === "Ready")?.status
  if (ready === "True") return "ready"
  return ready === "Unknown" ? "lost" : "booting"
}

const effects: ReadonlyArray<Taint["effect"]> = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

const fromTaint = (taint: { readonly key: string; readonly value?: string; readonly effect: string }): Taint => ({
  key: taint.key,
  ...(taint.value === undefined ? {} : { value: taint.value }),
  effect: effects.find((known) => known === taint.effect) ?? "NoSchedule"
})

const addressOf = ({ status }: WireNode): string | undefined =>
  (status?.addresses?.find(({ type }) => type === "InternalIP") ?? status?.addresses?.[0])?.address

/** A node as everybody sees it. Its size is what pods may have; its price is not known here. */
export const fromNode = (node: WireNode, cluster: string): Node => {
  const labels = node.metadata?.labels ?? {}
  const address = addressOf(node)
  return {
    name: node.metadata?.name ?? "",
    id: node.metadata?.uid ?? "",
    cluster: labels[labelOf.cluster] ?? cluster,
    pool: firstOf(labels, poolLabels) ?? "default",
    state: stateOf(node),
    schedulable: node.spec?.unschedulable !== true,
    instanceType: labels["node.kubernetes.io/instance-type"] ?? "unknown",
    zone: labels["topology.kubernetes.io/zone"] ?? "",
    market: marketOf(labels),
    labels,
    taints: (node.spec?.taints ?? []).map(fromTaint),
    capacity: fromQuantities(node.status?.allocatable),
    microUsdPerHour: 0,
    createdAtMs: timeMs(node.metadata?.creationTimestamp),
    ...(address === undefined ? {} : { address })
  }
}
