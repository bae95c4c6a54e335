import { Result } from "effect"
import type { ClusterSpec } from "../../model/ClusterSpec.ts"
import type { Node } from "../../model/Node.ts"
import type { NodePool } from "../../model/NodePool.ts"
import type { Offering } from "../../model/Offering.ts"
import type { PlannedStep } from "../../model/Plan.ts"
import { launchOrder, zonesOf } from "../launchOrder.ts"
import { offeringsOf } from "../offeringsOf.ts"
import { replacementBounds } from "../replacementBounds.ts"
import { mayAddSpot, mixOf, withOne } from "../spotShare.ts"
import { templateOf } from "../templateOf.ts"
import { freeNames } from "./machineName.ts"
import { isDoomed, isOutdated, isServing, isStaying, removalOrder } from "./removalOrder.ts"
import { launch, removal, start } from "./steps.ts"

/** How far a plan goes: to the goal, taking for granted that machines come up, or as far as is safe right now. */
export type Reach = "goal" | "now"

/** One pool as it is and as it should be. */
export interface PoolDiff {
  readonly spec: ClusterSpec
  readonly pool: NodePool
  readonly want: number
  /** Every node that bears a name of the pool, also those that are leaving. */
  readonly nodes: ReadonlyArray<Node>
  readonly offerings: ReadonlyArray<Offering>
  readonly soldOut: ReadonlySet<string>
  readonly nowMs: number
  readonly reach: Reach
}

/** What is to happen to a pool's nodes, before the order is known. */
interface Changes {
  /** Nodes that end anyway, and cost nothing to let go. */
  readonly doomed: ReadonlyArray<Node>
  readonly healthy: ReadonlyArray<Node>
  /** Those of the healthy that could stay up until it is their turn. */
  readonly victims: ReadonlyArray<Node>
  readonly launches: ReadonlyArray<PlannedStep>
  readonly unmet: ReadonlyArray<string>
}

const whyReplaced = (node: Node): string => {
  if (node.state === "lost") return `${node.name} is lost`
  if (node.reclaimAtMs !== undefined) return `${node.name} is being taken away by the backend`
  if (node.state === "draining") return `${node.name} is being emptied already`
  return `${node.name} was made from an older description of its pool`
}

const changesOf = ({ nodes, offerings, pool, soldOut, spec, want }: PoolDiff): Changes => {
  const template = templateOf(spec, pool)
  const alive = removalOrder(
    nodes.filter(({ state }) => state !== "leaving"),
    template
  )
  const doomed = alive.filter(isDoomed)
  const healthy = alive.filter((node) => !isDoomed(node))
  const outdated = healthy.filter((node) => isOutdated(node, template))
  const lack = Math.max(0, want - (healthy.length - outdated.length))
  const choice = offeringsOf(pool, offerings)
  if (lack > 0 && Result.isFailure(choice)) {
    const why = choice.failure.map((refusal) => `${refusal.candidate}: ${refusal.why}`).join("; ")
    const needs = `pool ${pool.name} needs ${lack} more machines, and none can be had: ${why}`
    // What cannot be replaced is better kept, old as it is.
    const victims = healthy.slice(0, Math.max(0, healthy.length - want))
    return { doomed: [], healthy, victims, launches: [], unmet: [needs] }
  }
  let mix = mixOf(healthy)
  const zones = zonesOf(alive.filter((node) => isStaying(node, template)))
  const missing = Math.max(0, want - alive.length)
  const replaced = [...doomed, ...outdated]
  const nextName = freeNames(pool.name, nodes)
  const launches = Array.from({ length: lack }, (_, index) => {
    const old = index < missing ? undefined : replaced[index - missing]
    const market = mayAddSpot(pool, mix) ? undefined : "on-demand"
    const choices = Result.getOrElse(offeringsOf(pool, offerings, market), () => [])
    const order = launchOrder(choices, { zones, soldOut })
    const [offering] = order.offerings
    mix = withOne(mix, offering?.market ?? "on-demand")
    if (offering !== undefined) zones.set(offering.zone, (zones.get(offering.zone) ?? 0) + 1)
    const need = old === undefined ? `${pool.name} has ${alive.length} of ${want} machines` : whyReplaced(old)
    const reason = [need, ...order.why].join("; ")
    const microUsdPerHour = offering?.microUsdPerHour ?? 0
    return launch({ pool: pool.name, machine: nextName(), replaces: old?.name, reason, microUsdPerHour, market })
  })
  // The outdated are the first in the order of removal, so all of them are among these.
  const victims = healthy.slice(0, Math.max(outdated.length, healthy.length - want))
  return { doomed, healthy, victims, launches, unmet: [] }
}

const removalOf = (node: Node, { nowMs, pool, spec, want }: PoolDiff): ReadonlyArray<PlannedStep> => {
  const deadlineMs = Math.max(0, Math.min(spec.update.drainTimeoutMs, (node.reclaimAtMs ?? Infinity) - nowMs))
  const outdated = isDoomed(node) || isOutdated(node, templateOf(spec, pool))
  return removal(node, {
    deadlineMs,
    reason: outdated ? whyReplaced(node) : `${pool.name} needs only ${want} machines`
  })
}

/**
 * The steps for one pool. Machines come before machines go, at most `maxSurge` above the wanted number; whatever goes
 * by our own choice leaves at least the wanted number less `maxUnavailable` behind.
 */
export const diffPool = (
  input: PoolDiff
): { readonly steps: ReadonlyArray<PlannedStep>; readonly unmet: ReadonlyArray<string> } => {
  const { doomed, healthy, launches, unmet, victims } = changesOf(input)
  const { surge, unavailable } = replacementBounds(input.spec.update, input.want)
  // Whoever reaches for the goal waits for machines to come up before letting others go; then all of them serve.
  const serves = (node: Node): boolean => input.reach === "goal" || isServing(node)
  const started = healthy.filter((node) => node.state === "stopped" && !victims.includes(node))
  let total = healthy.length
  let serving = healthy.filter(serves).length
  const toLaunch = [...launches]
  const launchMore = (): ReadonlyArray<PlannedStep> => {
    const launched = toLaunch.splice(0, Math.max(0, input.want + surge - total))
    total += launched.length
    if (input.reach === "goal") serving += launched.length
    return launched
  }
  let toRemove = victims
  const removeMore = (): ReadonlyArray<PlannedStep> => {
    const removed = toRemove.filter((node) => {
      if (!serves(node)) return true
      if (serving - 1 < input.want - unavailable) return false
      serving--
      return true
    })
    total -= removed.length
    toRemove = toRemove.filter((node) => !removed.includes(node))
    return removed.flatMap((node) => removalOf(node, input))
  }
  const steps = [...started.map(start), ...launchMore(), ...doomed.flatMap((node) => removalOf(node, input))]
  for (;;) {
    const more = [...removeMore(), ...launchMore()]
    if (more.length === 0) return { steps, unmet }
    steps.push(...more)
  }
}
