import { lacking, none, plus, type Resources } from "../../model/Resources.ts"
import type { ClusterAutoscalerOptions } from "./clusterAutoscalerDefaults.ts"
import { estimateNodes, type NodeTemplate } from "./estimateNodes.ts"
import { type ExpandRules, type ExpansionOption, expand } from "./expand.ts"
import type { WaitingPods } from "./WaitingPods.ts"

/** A group of equal nodes that may grow. */
export interface GrowableGroup extends NodeTemplate {
  readonly name: string
  /** Nodes that are there or on their way. */
  readonly size: number
  readonly max: number
  readonly isBackingOff: boolean
  /** Too many of its nodes are not ready to add more of them. */
  readonly isUnhealthy?: boolean
  readonly microUsdPerHour?: number
}

/** Pods no node has room for, those on their way included, and the groups that could grow for them. */
export interface ScaleUpInput {
  readonly waiting: ReadonlyArray<WaitingPods>
  readonly groups: ReadonlyArray<GrowableGroup>
  /** What filters other than resources say. */
  readonly mayRun: (pods: WaitingPods, group: string) => boolean
  readonly options: Pick<ClusterAutoscalerOptions, "nodesPerScaleUpMax" | "coresTotalMax">
  readonly rules: ExpandRules
  readonly cpuMilliTotal: number
}

/** The nodes to add, or why no group grows. */
export interface ScaleUpDecision {
  readonly grow: { readonly group: string; readonly nodes: number } | undefined
  readonly refusals: ReadonlyArray<{ readonly group: string; readonly why: string }>
}

const times = (amount: Resources, count: number): Resources => ({
  cpuMilli: amount.cpuMilli * count,
  memoryBytes: amount.memoryBytes * count,
  gpuMilli: amount.gpuMilli * count
})

const optionOf = (input: ScaleUpInput, group: GrowableGroup): ExpansionOption | string => {
  if (group.isBackingOff) return "failed to grow a while ago"
  if (group.isUnhealthy === true) return "has too many nodes that are not ready"
  if (group.size >= group.max) return `has its ${group.max} nodes already`
  const helped = input.waiting.filter(
    (pods) => input.mayRun(pods, group.name) && lacking(pods.request, group.allocatable).length === 0
  )
  if (helped.length === 0) return "would not take any of the pods"
  const { nodesPerScaleUpMax, coresTotalMax } = input.options
  const { nodes, placed } = estimateNodes(helped, group, nodesPerScaleUpMax)
  const cpuMilliLeft = coresTotalMax * 1_000 - input.cpuMilliTotal
  const affordable = group.allocatable.cpuMilli === 0 ? nodes : Math.floor(cpuMilliLeft / group.allocatable.cpuMilli)
  if (nodes === 0) return "would not take any of the pods"
  if (affordable < 1) return `the cluster has at most ${coresTotalMax} cores`
  return {
    group: group.name,
    nodes: Math.min(nodes, affordable),
    pods: placed.reduce((sum, count) => sum + count, 0),
    requested: helped.reduce((sum, pods, index) => plus(sum, times(pods.request, placed[index] ?? 0)), none),
    allocatable: group.allocatable,
    ...(group.microUsdPerHour === undefined ? {} : { microUsdPerHour: group.microUsdPerHour })
  }
}

/** Which group grows by how many nodes. The options are compared as estimated; the size limit of the chosen one cuts last. */
export const scaleUp = (input: ScaleUpInput): ScaleUpDecision => {
  const options: Array<ExpansionOption> = []
  const refusals: Array<{ readonly group: string; readonly why: string }> = []
  for (const group of input.groups) {
    const option = optionOf(input, group)
    if (typeof option === "string") refusals.push({ group: group.name, why: option })
    else options.push(option)
  }
  const best = expand(options, input.rules)
  const chosen = input.groups.find((group) => group.name === best?.group)
  if (best === undefined || chosen === undefined) return { grow: undefined, refusals }
  return { grow: { group: best.group, nodes: Math.min(best.nodes, chosen.max - chosen.size) }, refusals }
}
