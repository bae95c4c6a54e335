import type { ClassView } from "./ClassView.ts"
import type { KubePod } from "./model.ts"
import { podKey } from "./model.ts"
import { type Refusal, refusals } from "./reasons.ts"
import { selects } from "./selector.ts"
import type { World } from "./world.ts"

/** A node and the pods that would have to leave it, most important first. */
export interface Candidate {
  readonly node: number
  readonly victims: ReadonlyArray<number>
  readonly violations: number
}

/** What preemption found: nodes equally good to clear, and why the other nodes will not do. */
export interface Search {
  readonly best: ReadonlyArray<Candidate>
  readonly refused: ReadonlyMap<number, Refusal>
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

/** Insertion sort: with the order above, which is no true order, only the same steps give the same result. */
const sortByRank = (world: World, pods: ReadonlyArray<number>): Array<number> => {
  const sorted = [...pods]
  const isAbove = (left: number, right: number): boolean =>
    outranks(world.pods[sorted[left] as number] as KubePod, world.pods[sorted[right] as number] as KubePod)
  for (let end = 1; end < sorted.length; end++) {
    for (let at = end; at > 0 && isAbove(at, at - 1); at--) {
      const moved = sorted[at] as number
      sorted[at] = sorted[at - 1] as number
      sorted[at - 1] = moved
    }
  }
  return sorted
}

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
const victimsOn = (world: World, view: ClassView, node: number): Candidate | Refusal => {
  const shift = (pod: number, delta: 1 | -1): void => {
    const { class: podClass } = world.pods[pod] as KubePod
    world.shift(podClass, node, delta)
    view.counts.tryShift(podClass.id, node, delta)
  }
  const potential = (world.podsOn[node] ?? []).filter(
    (pod) => (world.pods[pod] as KubePod).class.priority < view.podClass.priority
  )
  if (potential.length === 0) return refusals.noVictims
  const gone = new Set(potential)
  for (const pod of potential) shift(pod, -1)
  const restore = (): void => {
    for (const pod of gone) shift(pod, 1)
  }
  const refusal = view.refusal(node)
  if (refusal !== undefined) {
    restore()
    return refusal
  }
  const { violating, free } = splitByBudget(world, sortByRank(world, potential))
  const victims: Array<number> = []
  const keeps = (pod: number): boolean => {
    shift(pod, 1)
    gone.delete(pod)
    if (view.refusal(node) === undefined) return true
    shift(pod, -1)
    gone.add(pod)
    victims.push(pod)
    return false
  }
  const violations = violating.filter((pod) => !keeps(pod)).length
  for (const pod of free) keeps(pod)
  restore()
  const mixed = violating.length > 0 && free.length > 0
  return { node, victims: mixed ? sortByRank(world, victims) : victims, violations }
}

const startOf = (world: World, { victims }: Candidate): number => {
  const pods = victims.map((pod) => world.pods[pod] as KubePod)
  const highest = Math.max(...pods.map((pod) => pod.class.priority))
  const starts = pods
    .filter((pod) => pod.class.priority === highest)
    .map((pod) => pod.startTimeMs ?? Number.POSITIVE_INFINITY)
  return Math.min(...starts)
}

/** The rules that choose among candidates, each asked only where those before leave a tie; less is better. */
const rules: ReadonlyArray<(world: World, candidate: Candidate) => number> = [
  (_, { violations }) => violations,
  (world, { victims }) => (world.pods[victims[0] as number] as KubePod).class.priority,
  (world, { victims }) =>
    victims.reduce((sum, pod) => sum + (world.pods[pod] as KubePod).class.priority + 2147483648, 0),
  (_, { victims }) => victims.length,
  (world, candidate) => -startOf(world, candidate)
]

const bestOf = (world: World, candidates: ReadonlyArray<Candidate>): ReadonlyArray<Candidate> =>
  rules.reduce((left, rule) => {
    if (left.length < 2) return left
    const least = Math.min(...left.map((one) => rule(world, one)))
    return left.filter((one) => rule(world, one) === least)
  }, candidates)

/** Looks for nodes to clear among those whose refusal the removal of pods might lift. */
export const searchVictims = (world: World, view: ClassView, refused: ReadonlyMap<number, Refusal>): Search => {
  const { minCandidateNodesAbsolute, minCandidateNodesPercentage } = view.profile
  const potential = world.search.nodes.filter((node) => refused.get(node)?.unresolvable === false)
  const share = Math.floor((potential.length * minCandidateNodesPercentage) / 100)
  const wanted = Math.min(potential.length, Math.max(share, minCandidateNodesAbsolute))
  const candidates: Array<Candidate> = []
  const failed = new Map<number, Refusal>()
  let harmless = 0
  for (const node of potential) {
    const found = victimsOn(world, view, node)
    if ("reasons" in found) failed.set(node, found)
    else {
      candidates.push(found)
      if (found.violations === 0) harmless++
      if (harmless > 0 && candidates.length >= wanted) break
    }
  }
  return { best: bestOf(world, candidates), refused: failed }
}

/** The names of pods. */
export const podNames = (world: World, pods: ReadonlyArray<number>): ReadonlyArray<string> =>
  pods.map((pod) => podKey(world.pods[pod] as KubePod))
