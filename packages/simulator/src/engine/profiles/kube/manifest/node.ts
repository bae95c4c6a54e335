import type { KubeNode } from "../model.ts"
import { metadataShape } from "./metadata.ts"
import { amountsOf } from "./requests.ts"
import { flag, list, mapOf, oneOf, quantity, type Read, record, text, whole } from "./shape.ts"

const taintShape = record(
  { key: text, value: text, effect: oneOf("NoSchedule", "PreferNoSchedule", "NoExecute") },
  { required: ["key", "effect"], inert: ["timeAdded"] }
)

/** A node as written in manifests. */
export const nodeShape = record(
  {
    metadata: metadataShape,
    spec: record(
      { taints: list(taintShape), unschedulable: flag },
      { inert: ["podCIDR", "podCIDRs", "providerID", "externalID", "configSource"] }
    ),
    status: record(
      {
        allocatable: mapOf(quantity),
        capacity: mapOf(quantity),
        images: list(record({ names: list(text), sizeBytes: whole(0, Number.MAX_SAFE_INTEGER) }))
      },
      {
        inert: [
          "addresses",
          "conditions",
          "config",
          "daemonEndpoints",
          "declaredFeatures",
          "features",
          "nodeInfo",
          "phase",
          "runtimeHandlers",
          "volumesAttached",
          "volumesInUse"
        ]
      }
    )
  },
  { required: ["metadata"], inert: ["apiVersion", "kind"] }
)

/** A node as the scheduler sees it. */
export const readNode = ({ metadata, spec, status }: Read<typeof nodeShape>): KubeNode => {
  const allocatable = status?.allocatable ?? status?.capacity ?? new Map<string, bigint>()
  return {
    name: metadata.name ?? "",
    labels: metadata.labels ?? new Map(),
    taints: (spec?.taints ?? []).map(({ key, value, effect }) => ({ key, value: value ?? "", effect })),
    unschedulable: spec?.unschedulable ?? false,
    allocatable: amountsOf(allocatable),
    podsMax: Number((allocatable.get("pods") ?? 0n) / 1000n),
    images: (status?.images ?? []).map(({ names, sizeBytes }) => ({ names: names ?? [], sizeBytes: sizeBytes ?? 0 }))
  }
}
