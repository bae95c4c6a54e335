import type { Resources } from "../../model/Resources.ts"
import type { ExpanderName } from "./clusterAutoscalerDefaults.ts"
import { defaultPodPrices, type PodPrices, priceScore } from "./priceScore.ts"

/** One way to grow: so many nodes of a group, for so many pods that ask for so much together. */
export interface ExpansionOption {
  readonly group: string
  readonly nodes: number
  readonly pods: number
  readonly requested: Resources
  readonly allocatable: Resources
  /** What one node costs; left out, nothing. */
  readonly microUsdPerHour?: number
}

/** A priority and the groups that have it: those whose names the regular expression finds something in. */
export interface GroupPriority {
  readonly priority: number
  readonly pattern: string
}

/** What the expanders need besides the options. */
export interface ExpandRules {
  readonly expanders: ReadonlyArray<ExpanderName>
  /** Decides among equals; another number each time, from the caller's stream. */
  readonly draw: number
  /** For `priority`: the higher the better; a group that none finds is not chosen while another is. */
  readonly priorities?: ReadonlyArray<GroupPriority>
  /** For `price`: how many nodes the cluster has, and what pods are worth. */
  readonly clusterNodes?: number
  readonly podPrices?: PodPrices
}

type Filter = (options: ReadonlyArray<ExpansionOption>, rules: ExpandRules) => ReadonlyArray<ExpansionOption>

const least =
  (of: (option: ExpansionOption, rules: ExpandRules) => number): Filter =>
  (options, rules) => {
    const values = options.map((option) => of(option, rules))
    const best = Math.min(...values)
    return options.filter((_, index) => values[index] === best)
  }

const wasted = ({ allocatable, nodes, requested }: ExpansionOption, kind: "cpuMilli" | "memoryBytes"): number => {
  const total = allocatable[kind] * nodes
  return total === 0 ? 0 : (total - requested[kind]) / total
}

const filters: Readonly<Record<ExpanderName, Filter>> = {
  random: (options, { draw }) => options.filter((_, index) => index === draw % options.length),
  "least-waste": least((option) => wasted(option, "cpuMilli") + wasted(option, "memoryBytes")),
  "most-pods": least((option) => -option.pods),
  "least-nodes": least((option) => option.nodes),
  price: least((option, { clusterNodes = 0, podPrices = defaultPodPrices }) =>
    priceScore(option, clusterNodes, podPrices)
  ),
  priority: least(({ group }, { priorities = [] }) => {
    const found = priorities.filter(({ pattern }) => new RegExp(pattern).test(group))
    return -Math.max(Number.NEGATIVE_INFINITY, ...found.map(({ priority }) => priority))
  })
}

/** The option that the expanders leave, each choosing among those the one before left; one of equals is drawn. */
export const expand = (options: ReadonlyArray<ExpansionOption>, rules: ExpandRules): ExpansionOption | undefined => {
  let left = options
  for (const name of rules.expanders) {
    if (left.length <= 1) break
    left = filters[name](left, rules)
  }
  return left[rules.draw % Math.max(1, left.length)]
}
