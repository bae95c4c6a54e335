import type { ClassView } from "./ClassView.ts"
import type { KubePod } from "./model.ts"
import { podKey } from "./model.ts"
import type { Refusal } from "./reasons.ts"
import { type Candidate, victimsOn } from "./victims.ts"
import type { World } from "./world.ts"

/** What preemption found: nodes it may clear, and why the other nodes will not do. */
export interface Search {
  readonly best: ReadonlyArray<Candidate>
  readonly refused: ReadonlyMap<number, Refusal>
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

type Cost = ReadonlyArray<number>

const isLess = (left: Cost, right: Cost): boolean => {
  const at = left.findIndex((one, index) => one !== right[index])
  return at >= 0 && (left[at] as number) < (right[at] as number)
}

/** How many places after each cost, counted round, the next lesser one stands; their number where there is none. */
const nextLesser = (costs: ReadonlyArray<Cost>): ReadonlyArray<number> => {
  const { length } = costs
  const distances = new Array<number>(length).fill(length)
  const waiting: Array<number> = []
  for (let place = 0; place < 2 * length; place++) {
    const cost = costs[place % length] as Cost
    for (let last = waiting.at(-1); last !== undefined; last = waiting.at(-1)) {
      if (!isLess(cost, costs[last % length] as Cost)) break
      if (last < length) distances[last] = place - last
      waiting.pop()
    }
    waiting.push(place)
  }
  return distances
}

/**
 * The candidates that are best among some `wanted` neighbours, counted round: the real scheduler begins at a node it draws by
 * lot, and looks no further once it has so many of which one breaks no budget.
 */
const bestOf = (world: World, candidates: ReadonlyArray<Candidate>, wanted: number): ReadonlyArray<Candidate> => {
  const isHarmless = candidates.some((one) => one.violations === 0)
  const seen = isHarmless ? Math.min(wanted, candidates.length) : candidates.length
  const costs = candidates.map((one) => rules.map((rule) => rule(world, one)))
  const after = nextLesser(costs)
  const before = nextLesser(costs.toReversed()).toReversed()
  return candidates.filter((_, at) => {
    const [left = 0, right = 0] = [before[at], after[at]]
    return left + right - 1 >= seen
  })
}

/** Where the search for nodes to clear begins: at every node in turn, or at one drawn from so many. */
export type Beginning = "everywhere" | ((count: number) => number)

/** Looks for nodes to clear among those whose refusal the removal of pods might lift. */
export const searchVictims = (
  world: World,
  view: ClassView,
  refused: ReadonlyMap<number, Refusal>,
  beginning: Beginning
): Search => {
  const { minCandidateNodesAbsolute, minCandidateNodesPercentage } = view.profile
  const potential = world.search.nodes.filter((node) => refused.get(node)?.unresolvable === false)
  const share = Math.floor((potential.length * minCandidateNodesPercentage) / 100)
  const wanted = Math.min(potential.length, Math.max(share, minCandidateNodesAbsolute))
  const isPart = wanted < potential.length && beginning !== "everywhere"
  const from = isPart ? beginning(potential.length) : 0
  const candidates: Array<Candidate> = []
  const failed = new Map<number, Refusal>()
  let harmless = 0
  for (const node of [...potential.slice(from), ...potential.slice(0, from)]) {
    const found = victimsOn(world, view, node)
    if ("reasons" in found) failed.set(node, found)
    else {
      candidates.push(found)
      if (found.violations === 0) harmless++
      if (isPart && harmless > 0 && candidates.length >= wanted) break
    }
  }
  return { best: bestOf(world, candidates, isPart ? candidates.length : wanted), refused: failed }
}

/** The names of pods. */
export const podNames = (world: World, pods: ReadonlyArray<number>): ReadonlyArray<string> =>
  pods.map((pod) => podKey(world.pods[pod] as KubePod))
