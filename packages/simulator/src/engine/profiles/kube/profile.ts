import type { NodeTerm, SpreadConstraint, WeightedNodeTerm } from "./model.ts"

/** Plugins that refuse nodes, in the order they are asked; the first refusal counts. */
export const filterPlugins = [
  "NodeUnschedulable",
  "NodeName",
  "TaintToleration",
  "NodeAffinity",
  "NodePorts",
  "NodeResourcesFit",
  "VolumeRestrictions",
  "NodeVolumeLimits",
  "VolumeBinding",
  "VolumeZone",
  "PodTopologySpread",
  "InterPodAffinity"
] as const

/** Plugins that score nodes. */
export const scorePlugins = [
  "TaintToleration",
  "NodeAffinity",
  "NodeResourcesFit",
  "VolumeBinding",
  "PodTopologySpread",
  "InterPodAffinity",
  "DynamicResources",
  "NodeResourcesBalancedAllocation",
  "ImageLocality"
] as const

/** The name of a plugin that refuses nodes. */
export type FilterPlugin = (typeof filterPlugins)[number]
/** The name of a plugin that scores nodes. */
export type ScorePlugin = (typeof scorePlugins)[number]

/** A resource and how much it counts. */
export interface ResourceWeight {
  readonly name: string
  readonly weight: number
}

/** How NodeResourcesFit turns usage into a score. */
export type FitStrategy =
  | { readonly type: "LeastAllocated" | "MostAllocated" }
  | {
      readonly type: "RequestedToCapacityRatio"
      readonly shape: ReadonlyArray<{ readonly utilization: number; readonly score: number }>
    }

/** One scheduler: which plugins it runs, with which weights and settings. */
export interface Profile {
  readonly schedulerName: string
  readonly percentageOfNodesToScore: number
  readonly filters: ReadonlySet<FilterPlugin>
  readonly weights: ReadonlyMap<ScorePlugin, number>
  readonly preempts: boolean
  /** Whether the plugin speaks after a refusal, with nothing to say but that. */
  readonly dynamicResources: boolean
  readonly fitStrategy: FitStrategy
  readonly fitResources: ReadonlyArray<ResourceWeight>
  readonly ignoredResources: ReadonlySet<string>
  readonly ignoredResourceGroups: ReadonlySet<string>
  readonly balancedResources: ReadonlyArray<string>
  readonly hardPodAffinityWeight: number
  readonly ignorePreferredTermsOfExistingPods: boolean
  /** Spreading of pods that ask for none: the system's own, or a given list. */
  readonly defaultSpread: "system" | ReadonlyArray<SpreadConstraint>
  readonly addedNodeTerms: ReadonlyArray<NodeTerm> | undefined
  readonly addedPreferredNodeTerms: ReadonlyArray<WeightedNodeTerm> | undefined
  readonly minCandidateNodesPercentage: number
  readonly minCandidateNodesAbsolute: number
}

/** What a scheduler does that nobody configured. */
export const defaultProfile: Profile = {
  schedulerName: "default-scheduler",
  percentageOfNodesToScore: 0,
  filters: new Set(filterPlugins),
  weights: new Map<ScorePlugin, number>([
    ["TaintToleration", 3],
    ["NodeAffinity", 2],
    ["NodeResourcesFit", 1],
    ["VolumeBinding", 1],
    ["PodTopologySpread", 2],
    ["InterPodAffinity", 2],
    ["DynamicResources", 2],
    ["NodeResourcesBalancedAllocation", 1],
    ["ImageLocality", 1]
  ]),
  preempts: true,
  dynamicResources: true,
  fitStrategy: { type: "LeastAllocated" },
  fitResources: [
    { name: "cpu", weight: 1 },
    { name: "memory", weight: 1 }
  ],
  ignoredResources: new Set(),
  ignoredResourceGroups: new Set(),
  balancedResources: ["cpu", "memory"],
  hardPodAffinityWeight: 1,
  ignorePreferredTermsOfExistingPods: false,
  defaultSpread: "system",
  addedNodeTerms: undefined,
  addedPreferredNodeTerms: undefined,
  minCandidateNodesPercentage: 10,
  minCandidateNodesAbsolute: 100
}
