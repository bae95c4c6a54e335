import type { ClassView } from "./ClassView.ts"
import { divide } from "./divide.ts"
import { logarithm } from "./logarithm.ts"
import type { ScorePlugin } from "./profile.ts"
import type { Topology } from "./Topology.ts"

/** One plugin's weighted scores of the feasible nodes, in their order. */
export interface ScoreColumn {
  readonly plugin: ScorePlugin
  readonly scores: Float64Array
}

/** A value for each node; a plain loop, as this is where the time goes. */
const each = (nodes: Int32Array, of: (node: number) => number): Float64Array => {
  const values = new Float64Array(nodes.length)
  for (let index = 0; index < nodes.length; index++) values[index] = of(nodes[index] as number)
  return values
}

const scale = (raw: Float64Array, weight: number, reverse: boolean): Float64Array => {
  let max = 0
  for (const value of raw) if (value > max) max = value
  return raw.map((value) => {
    const score = max === 0 ? 0 : divide(100 * value, max)
    return weight * (reverse ? 100 - score : score)
  })
}

const normalSpread = (raw: Float64Array, weight: number): Float64Array => {
  let min = Number.MAX_SAFE_INTEGER
  let max = 0
  for (const value of raw) {
    if (value < 0) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  return raw.map((value) => {
    if (value < 0) return 0
    return weight * (max === 0 ? 100 : divide(100 * (max + min - value), max))
  })
}

const normalAffinity = (raw: Float64Array, weight: number): Float64Array => {
  let min = Number.MAX_SAFE_INTEGER
  let max = -Number.MAX_SAFE_INTEGER
  for (const value of raw) {
    if (value < min) min = value
    if (value > max) max = value
  }
  return raw.map((value) => (max > min ? weight * Math.trunc(100 * ((value - min) / (max - min))) : 0))
}

const ignored = -1

/** How many values of the label the scored nodes have. */
const domainCount = ({ domain, domainCount: most }: Topology, nodes: Int32Array, isScored: Uint8Array): number => {
  const seen = new Uint8Array(most)
  let count = 0
  for (let index = 0; index < nodes.length; index++) {
    const at = domain[nodes[index] as number] as number
    if (isScored[index] === 0 || seen[at] === 1) continue
    seen[at] = 1
    count++
  }
  return count
}

/** How many matching pods each feasible node's surroundings have, small surroundings weighing less; -1: not scored. */
const spreadRaw = (view: ClassView, feasible: Int32Array): Float64Array => {
  const { soft, allLabels } = view.counts
  const isScored = new Uint8Array(feasible.length).fill(1)
  let scored = feasible.length
  for (let index = 0; allLabels && index < feasible.length; index++) {
    if (soft.every((one) => one.topology.present[feasible[index] as number] === 1)) continue
    isScored[index] = 0
    scored--
  }
  const raw = new Float64Array(feasible.length)
  for (const { constraint, topology, perDomain, perNode } of soft) {
    const weight = logarithm((perNode === undefined ? domainCount(topology, feasible, isScored) : scored) + 2)
    const { domain, present } = topology
    for (let index = 0; index < feasible.length; index++) {
      const node = feasible[index] as number
      if (present[node] === 0) continue
      const count = (perNode === undefined ? perDomain[domain[node] as number] : perNode[node]) as number
      raw[index] = (raw[index] as number) + (count * weight + (constraint.maxSkew - 1))
    }
  }
  for (let index = 0; index < raw.length; index++)
    raw[index] = isScored[index] === 0 ? ignored : Math.round(raw[index] as number)
  return raw
}

/** The scores that compare nodes with each other: everything that is normalised over the feasible ones. */
const comparedScores = (view: ClassView, feasible: Int32Array): ReadonlyArray<ScoreColumn> => {
  const { weights } = view.profile
  const { softTaints, nodeAffinity } = view.statics
  const columns: Array<ScoreColumn> = []
  const add = (plugin: ScorePlugin, scoresOf: (weight: number) => Float64Array): void => {
    const weight = weights.get(plugin)
    if (weight !== undefined) columns.push({ plugin, scores: scoresOf(weight) })
  }
  const values = (of: Int32Array): Float64Array => each(feasible, (node) => of[node] as number)
  add("TaintToleration", (weight) => scale(values(softTaints), weight, true))
  if (nodeAffinity !== undefined) add("NodeAffinity", (weight) => scale(values(nodeAffinity), weight, false))
  if (view.counts.soft.length > 0) add("PodTopologySpread", (weight) => normalSpread(spreadRaw(view, feasible), weight))
  if (view.counts.scoresAffinity)
    add("InterPodAffinity", (weight) =>
      normalAffinity(
        each(feasible, (node) => view.counts.affinityScore(node)),
        weight
      )
    )
  return columns
}

/** The sum of all scores of each feasible node. */
export const totals = (view: ClassView, feasible: Int32Array): Float64Array => {
  const sums = each(feasible, (node) => view.base(node))
  for (const { scores } of comparedScores(view, feasible)) {
    for (let index = 0; index < sums.length; index++) sums[index] = (sums[index] as number) + (scores[index] as number)
  }
  return sums
}

/** Every plugin's score of each feasible node. */
export const explainScores = (
  view: ClassView,
  feasible: Int32Array
): ReadonlyArray<ReadonlyMap<ScorePlugin, number>> => {
  const columns = comparedScores(view, feasible)
  return Array.from(
    feasible,
    (node, index) =>
      new Map<ScorePlugin, number>([
        ...columns.map(({ plugin, scores }) => [plugin, scores[index] ?? 0] as const),
        ...view.ownScores(node)
      ])
  )
}
