import type { Goal } from "../model/Goal.ts"
import type { Node } from "../model/Node.ts"
import type { NodePool } from "../model/NodePool.ts"
import type { Offering } from "../model/Offering.ts"
import type { Plan, PlannedStep } from "../model/Plan.ts"
import { diffPool, type Reach } from "./diff/diffPool.ts"
import { removalOrder } from "./diff/removalOrder.ts"
import { clusterStep, removal, runningCost } from "./diff/steps.ts"

export type { Reach } from "./diff/diffPool.ts"

/** What is wanted of a cluster, and all its nodes. */
export interface DiffInput {
  readonly goal: Goal
  readonly nodes: ReadonlyArray<Node>
  readonly offerings: ReadonlyArray<Offering>
  /** The names of offerings that were sold out a moment ago; none where left out. */
  readonly soldOut?: ReadonlySet<string>
  readonly nowMs: number
  /** `goal` where left out: the whole plan, for people and for whoever waits between its steps. */
  readonly reach?: Reach
}

const none: ReadonlySet<string> = new Set()

/** The number of machines a pool should have: what the goal says, within the pool's own bounds. */
export const wantedSize = (pool: NodePool, sizes: Goal["sizes"]): number =>
  Math.min(pool.maxSize, Math.max(pool.minSize, sizes[pool.name] ?? pool.minSize))

const planOf = (cluster: string, steps: ReadonlyArray<PlannedStep>, unmet: ReadonlyArray<string>): Plan => ({
  cluster,
  steps,
  deltaMicroUsdPerHour: steps.reduce((sum, step) => sum + step.deltaMicroUsdPerHour, 0),
  unmet
})

const planDeletion = ({ spec }: Goal, nodes: ReadonlyArray<Node>, reach: Reach): Plan => {
  const reason = `cluster ${spec.name} is being deleted`
  const terminations = nodes
    .filter(({ state }) => state !== "leaving")
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      (node): PlannedStep => ({
        step: { type: "terminate", pool: node.pool, machine: node.name, id: node.id },
        reason,
        deltaMicroUsdPerHour: 0 - runningCost(node),
        disruption: node.state === "booting" || node.state === "stopped" ? "none" : "kills pods"
      })
    )
  const last = [clusterStep("removeNetwork", reason), clusterStep("removeGoal", reason)]
  const isEmpty = nodes.length === 0
  return planOf(spec.name, reach === "goal" || isEmpty ? [...terminations, ...last] : terminations, [])
}

/** The nodes of pools that are no longer asked for. */
const removeStrangers = ({ spec }: Goal, nodes: ReadonlyArray<Node>): ReadonlyArray<PlannedStep> =>
  removalOrder(
    nodes.filter(({ pool, state }) => state !== "leaving" && !spec.nodePools.some(({ name }) => name === pool)),
    ""
  ).flatMap((node) =>
    removal(node, {
      deadlineMs: spec.update.drainTimeoutMs,
      reason: `cluster ${spec.name} has no pool ${node.pool} any more`
    })
  )

/**
 * What to do, and in which order, to get from the nodes there are to the goal; nothing where they are what is wanted.
 * A node that is `draining` is on its way out and is replaced; one that is merely cordoned stays.
 *
 * A plan that reaches for the `goal` counts machines as serving once they are launched: before each drain, whoever
 * applies it waits until no machine of that pool boots. A plan for `now` needs no such care: it ends where it would have
 * to wait, and the next plan goes on from there.
 */
export const diff = ({ goal, nodes, nowMs, offerings, reach = "goal", soldOut = none }: DiffInput): Plan => {
  const { spec } = goal
  const existing = nodes.filter(({ cluster, state }) => cluster === spec.name && state !== "gone")
  if (goal.deleting) return planDeletion(goal, existing, reach)
  const pools = spec.nodePools.map((pool) =>
    diffPool({
      spec,
      pool,
      want: wantedSize(pool, goal.sizes),
      nodes: existing.filter((node) => node.pool === pool.name),
      offerings,
      soldOut,
      nowMs,
      reach
    })
  )
  // All pools grow before any shrinks, so that what is moved away finds a place.
  const grows = pools.map(({ steps }) => {
    const end = steps.findIndex(({ step }) => step.type !== "launch" && step.type !== "start")
    return end < 0 ? steps.length : end
  })
  const steps = [
    ...pools.flatMap((pool, index) => pool.steps.slice(0, grows[index])),
    ...pools.flatMap((pool, index) => pool.steps.slice(grows[index])),
    ...removeStrangers(goal, existing)
  ]
  const needsNetwork = existing.length === 0 && steps.some(({ step }) => step.type === "launch")
  const network = needsNetwork ? [clusterStep("createNetwork", "the first machine needs a network")] : []
  return planOf(
    spec.name,
    [...network, ...steps],
    pools.flatMap(({ unmet }) => unmet)
  )
}
