import type { Draw } from "./Draw.ts"
import type { Manifest } from "./drawCase.ts"

/** What pods of a case may ask for. */
export interface Features {
  /** How often each feature shows, in percent. */
  readonly percent: number
  readonly nodes: number
  readonly owners: ReadonlyArray<Manifest>
  readonly schedulers: ReadonlyArray<string>
  readonly priorities: boolean
  readonly hasVolumes: boolean
  /** Whether pods take their time to leave. */
  readonly isSlow: boolean
}

const topologyKeys = ["kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/zone", "disk"]

const selector = (draw: Draw): unknown =>
  draw.one<unknown>([
    { matchLabels: { app: "a" } },
    { matchLabels: { app: "b" } },
    { matchLabels: { app: "c" } },
    { matchLabels: { tier: "web" } },
    { matchExpressions: [{ key: "app", operator: "In", values: ["a", "c"] }] },
    { matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] },
    {
      matchExpressions: [
        { key: "app", operator: "NotIn", values: ["b"] },
        { key: "app", operator: "Exists" }
      ]
    },
    {}
  ])

const nodeRequirement = (draw: Draw): unknown =>
  draw.one<unknown>([
    { key: "disk", operator: "In", values: ["ssd"] },
    { key: "disk", operator: "NotIn", values: ["ssd", "none"] },
    { key: "disk", operator: "Exists" },
    { key: "size", operator: "DoesNotExist" },
    { key: "size", operator: "Gt", values: ["3"] },
    { key: "size", operator: "Lt", values: ["10"] },
    { key: "topology.kubernetes.io/zone", operator: "In", values: ["z1", "z2"] }
  ])

const nodeTerm = (draw: Draw, features: Features): unknown => {
  const named = {
    key: "metadata.name",
    operator: draw.one(["In", "NotIn"]),
    values: [`n${draw.below(features.nodes)}`]
  }
  if (draw.chance(12)) return { matchFields: [named] }
  if (draw.chance(4)) return {}
  return {
    matchExpressions: draw.many(1 + draw.below(2), () => nodeRequirement(draw)),
    ...(draw.chance(8) ? { matchFields: [named] } : {})
  }
}

const nodeAffinity = (draw: Draw, features: Features): unknown => ({
  ...(draw.chance(50)
    ? {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: draw.many(1 + draw.below(2), () => nodeTerm(draw, features))
        }
      }
    : {}),
  ...(draw.chance(60)
    ? {
        preferredDuringSchedulingIgnoredDuringExecution: draw.many(1 + draw.below(3), () => ({
          weight: 1 + draw.below(100),
          preference: nodeTerm(draw, features)
        }))
      }
    : {})
})

const podTerm = (draw: Draw): Readonly<Record<string, unknown>> => ({
  topologyKey: draw.one(topologyKeys),
  ...(draw.chance(95)
    ? {
        labelSelector: selector(draw),
        ...(draw.chance(12) ? { [draw.one(["matchLabelKeys", "mismatchLabelKeys"])]: ["release"] } : {})
      }
    : {}),
  ...(draw.chance(15) ? { namespaces: [draw.one(["other", "default"])] } : {}),
  ...(draw.chance(15)
    ? {
        namespaceSelector: draw.one<unknown>([
          {},
          { matchLabels: { team: "blue" } },
          { matchExpressions: [{ key: "team", operator: "DoesNotExist" }] }
        ])
      }
    : {})
})

const podAffinity = (draw: Draw): unknown => ({
  ...(draw.chance(35)
    ? { requiredDuringSchedulingIgnoredDuringExecution: draw.many(1 + draw.below(2), () => podTerm(draw)) }
    : {}),
  ...(draw.chance(60)
    ? {
        preferredDuringSchedulingIgnoredDuringExecution: draw.many(1 + draw.below(2), () => ({
          weight: 1 + draw.below(100),
          podAffinityTerm: podTerm(draw)
        }))
      }
    : {})
})

/** Constraints on how pods spread. */
export const spread = (draw: Draw): ReadonlyArray<unknown> => {
  const keys = new Set<string>()
  return draw
    .many(1 + draw.below(2), () => {
      const hard = draw.chance(40)
      const topologyKey = draw.one(topologyKeys)
      if (keys.has(topologyKey + String(hard))) return undefined
      keys.add(topologyKey + String(hard))
      return {
        maxSkew: 1 + draw.below(3),
        topologyKey,
        whenUnsatisfiable: hard ? "DoNotSchedule" : "ScheduleAnyway",
        ...(draw.chance(92)
          ? { labelSelector: selector(draw), ...(draw.chance(10) ? { matchLabelKeys: ["release"] } : {}) }
          : {}),
        ...(hard && draw.chance(20) ? { minDomains: 1 + draw.below(4) } : {}),
        ...(draw.chance(20) ? { nodeAffinityPolicy: draw.one(["Honor", "Ignore"]) } : {}),
        ...(draw.chance(20) ? { nodeTaintsPolicy: draw.one(["Honor", "Ignore"]) } : {})
      }
    })
    .filter((one) => one !== undefined)
}

/** Which nodes and pods a pod wants near or far. */
export const affinities = (draw: Draw, features: Features): Readonly<Record<string, unknown>> => ({
  ...(draw.chance(features.percent) ? { nodeAffinity: nodeAffinity(draw, features) } : {}),
  ...(draw.chance(features.percent) ? { podAffinity: podAffinity(draw) } : {}),
  ...(draw.chance(features.percent) ? { podAntiAffinity: podAffinity(draw) } : {})
})
