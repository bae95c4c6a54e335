import type { ClassView } from "./ClassView.ts"
import type { KubePod } from "./model.ts"
import { refusalOf } from "./nominated.ts"
import { type Refusal, refusals } from "./reasons.ts"
import { selects } from "./selector.ts"
import { Trial } from "./Trial.ts"
import { UnstableSort } from "./UnstableSort.ts"
import type { World } from "./world.ts"

/** A node and the pods that would have to leave it, most important first. */
export interface Candidate {
  readonly node: number
  readonly victims: ReadonlyArray<number>
  /** How many of them a disruption budget would keep. */
  readonly violations: number
}

/**
 * Whether the left pod outranks the right one. A pod without a start time starts "now", and the real scheduler reads the
 * clock for the left one first, so that of two such pods the left always seems older.
 */
const outranks = (left: KubePod, right: KubePod): boolean => {
  if (left.class.priority !== right.class.priority) return left.class.priority > right.class.priority
  if (right.startTimeMs === undefined) return true
  return left.startTimeMs !== undefined && left.startTimeMs < right.startTimeMs
}

const sortByRank = (world: World, pods: ReadonlyArray<number>): ReadonlyArray<number> =>
  UnstableSort.sorted(pods, (left, right) => outranks(world.pods[left] as KubePod, world.pods[right] as KubePod))

/** Parts pods into those whose loss would break a disruption budget and the rest, keeping their order. */
const splitByBudget = (
  world: World,
  pods: ReadonlyArray<number>
): { readonly violating: ReadonlyArray<number>; readonly free: ReadonlyArray<number> } => {
  const { budgets } = world.objects
  const left = budgets.map((one) => one.disruptionsAllowed)
  const violating: Array<number> = []
  const free: Array<number> = []
  for (const id of pods) {
    const pod = world.pods[id] as KubePod
    let breaks = false
    budgets.forEach((budget, index) => {
      if (pod.class.labels.size === 0 || budget.namespace !== pod.class.namespace) return
      if ((budget.selector?.length ?? 0) === 0 || !selects(budget.selector, pod.class.labels)) return
      if (budget.disruptedPods.has(pod.name)) return
      left[index] = (left[index] ?? 0) - 1
      if ((left[index] ?? 0) < 0) breaks = true
    })
    if (breaks) violating.push(id)
    else free.push(id)
  }
  return { violating, free }
}

/** The fewest pods to remove from one node so that the class fits, or why that does not help. */
export const victimsOn = (world: World, view: ClassView, node: number): Candidate | Refusal => {
  const potential = (world.podsOn[node] ?? []).filter(
    (pod) => (world.pods[pod] as KubePod).class.priority < view.podClass.priority
  )
  if (potential.length === 0) return refusals.noVictims
  const trial = new Trial(world, view, node)
  for (const pod of potential) trial.shift(pod, -1)
  const refusal = refusalOf(world, view, node)
  if (refusal !== undefined) {
    trial.end()
    return refusal
  }
  const { violating, free } = splitByBudget(world, sortByRank(world, potential))
  const victims: Array<number> = []
  const keeps = (pod: number): boolean => {
    trial.shift(pod, 1)
    if (refusalOf(world, view, node) === undefined) return true
    trial.shift(pod, -1)
    victims.push(pod)
    return false
  }
  const violations = violating.filter((pod) => !keeps(pod)).length
  for (const pod of free) keeps(pod)
  trial.end()
  const isMixed = violating.length > 0 && free.length > 0
  return { node, victims: isMixed ? sortByRank(world, victims) : victims, violations }
}
