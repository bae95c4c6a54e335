import type { ClassView } from "./ClassView.ts"
import { divide } from "./fit.ts"
import { logarithm } from "./logarithm.ts"
import type { ScorePlugin } from "./profile.ts"

/** One plugin's weighted scores of the feasible nodes, in their order. */
export interface ScoreColumn {
  readonly plugin: ScorePlugin
  readonly scores: Float64Array
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

/** How many matching pods each feasible node's surroundings have, small surroundings weighing less; -1: not scored. */
const spreadRaw = (view: ClassView, feasible: Int32Array): Float64Array => {
  const { soft, allLabels } = view.counts
  const isScored = (node: number): boolean => !allLabels || soft.every((one) => one.topology.present[node] === 1)
  const scored = feasible.filter(isScored)
  const weights = soft.map(({ perNode, topology }) => {
    if (perNode !== undefined) return logarithm(scored.length + 2)
    const seen = new Uint8Array(topology.domainCount)
    let size = 0
    for (const node of scored) {
      const domain = topology.domain[node] ?? 0
      if (seen[domain] === 0) size++
      seen[domain] = 1
    }
    return logarithm(size + 2)
  })
  return Float64Array.from(feasible, (node) => {
    if (!isScored(node)) return ignored
    let score = 0
    for (let index = 0; index < soft.length; index++) {
      const one = soft[index]
      if (one === undefined || one.topology.present[node] === 0) continue
      const count = (one.perNode === undefined ? one.perDomain[one.topology.domain[node] ?? 0] : one.perNode[node]) ?? 0
      score += count * (weights[index] ?? 0) + (one.constraint.maxSkew - 1)
    }
    return Math.round(score)
  })
}

/** The scores that compare nodes with each other: everything that is normalised over the feasible ones. */
export const comparedScores = (view: ClassView, feasible: Int32Array): ReadonlyArray<ScoreColumn> => {
  const { weights } = view.profile
  const { softTaints, nodeAffinity } = view.statics
  const columns: Array<ScoreColumn> = []
  const add = (plugin: ScorePlugin, scoresOf: (weight: number) => Float64Array): void => {
    const weight = weights.get(plugin)
    if (weight !== undefined) columns.push({ plugin, scores: scoresOf(weight) })
  }
  const values = (of: Int32Array): Float64Array => Float64Array.from(feasible, (node) => of[node] ?? 0)
  add("TaintToleration", (weight) => scale(values(softTaints), weight, true))
  if (nodeAffinity !== undefined) add("NodeAffinity", (weight) => scale(values(nodeAffinity), weight, false))
  if (view.counts.soft.length > 0) add("PodTopologySpread", (weight) => normalSpread(spreadRaw(view, feasible), weight))
  if (view.counts.scoresAffinity)
    add("InterPodAffinity", (weight) =>
      normalAffinity(
        Float64Array.from(feasible, (node) => view.counts.affinityScore(node)),
        weight
      )
    )
  return columns
}

/** The sum of all scores of each feasible node. */
export const totals = (view: ClassView, feasible: Int32Array): Float64Array => {
  const sums = Float64Array.from(feasible, (node) => view.base[node] ?? 0)
  for (const { scores } of comparedScores(view, feasible)) {
    for (let index = 0; index < sums.length; index++) sums[index] = (sums[index] ?? 0) + (scores[index] ?? 0)
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
