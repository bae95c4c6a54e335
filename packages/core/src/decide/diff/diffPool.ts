import { Result } from "effect"
import type { ClusterSpec } from "../../model/ClusterSpec.ts"
import type { Node } from "../../model/Node.ts"
import type { NodePool } from "../../model/NodePool.ts"
import type { Offering } from "../../model/Offering.ts"
import type { PlannedStep } from "../../model/Plan.ts"
import { offeringsOf } from "../offeringsOf.ts"
import { replacementBounds } from "../replacementBounds.ts"
import { templateOf } from "../templateOf.ts"
import { freeNames } from "./machineName.ts"
import { isOutdated, isServing, removalOrder } from "./removalOrder.ts"
import { launch, removal } from "./steps.ts"

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
  readonly nowMs: number
  readonly reach: Reach
}

/** What is to happen to a pool's nodes, before the order is known. */
interface Changes {
  readonly launches: ReadonlyArray<PlannedStep>
  /** Nodes that end anyway, and cost nothing to let go. */
  readonly doomed: ReadonlyArray<Node>
  /** Nodes that could stay up until it is their turn. */
  readonly victims: ReadonlyArray<Node>
  readonly healthy: ReadonlyArray<Node>
  readonly unmet: ReadonlyArray<string>
}

const isDoomed = (node: Node): boolean => node.state === "lost" || node.reclaimAtMs !== undefined

const whyReplaced = (node: Node): string =>
  node.state === "lost"
    ? `${node.name} is lost`
    : node.reclaimAtMs !== undefined
      ? `${node.name} is being taken away by the backend`
      : `${node.name} was made from an older description of its pool`

const changesOf = ({ nodes, offerings, pool, spec, want }: PoolDiff): Changes => {
  const template = templateOf(spec, pool)
  const alive = nodes.filter(({ state }) => state !== "leaving")
  const doomed = removalOrder(alive.filter(isDoomed), template)
  const healthy = removalOrder(
    alive.filter((node) => !isDoomed(node)),
    template
  )
  const outdated = healthy.filter((node) => isOutdated(node, template))
  const lack = Math.max(0, want - healthy.length + outdated.length)
  const choice = offeringsOf(pool, offerings)
  if (lack > 0 && Result.isFailure(choice)) {
    const why = choice.failure.map((refusal) => `${refusal.candidate}: ${refusal.why}`).join("; ")
    // What cannot be replaced is better kept, old as it is.
    return {
      launches: [],
      doomed: [],
      victims: healthy.slice(0, Math.max(0, healthy.length - want)),
      healthy,
      unmet: [`pool ${pool.name} needs ${lack} more machines, and none can be had: ${why}`]
    }
  }
  const microUsdPerHour = Result.isSuccess(choice) ? choice.success[0].microUsdPerHour : 0
  const missing = Math.max(0, want - alive.length)
  const replaced = [...doomed, ...outdated]
  const nextName = freeNames(pool.name, nodes)
  const launches = Array.from({ length: lack }, (_, index) => {
    const old = index < missing ? undefined : replaced[index - missing]
    const reason = old === undefined ? `${pool.name} has ${alive.length} of ${want} machines` : whyReplaced(old)
    return launch({ pool: pool.name, machine: nextName(), replaces: old?.name, reason, microUsdPerHour })
  })
  const surplus = Math.max(0, healthy.length - outdated.length - want)
  const current = healthy.filter((node) => !isOutdated(node, template))
  const going = new Set([...outdated, ...current.slice(0, surplus)])
  return { launches, doomed, victims: healthy.filter((node) => going.has(node)), healthy, unmet: [] }
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
): { readonly steps: Array<PlannedStep>; readonly unmet: ReadonlyArray<string> } => {
  const { launches, doomed, victims, healthy, unmet } = changesOf(input)
  const { surge, unavailable } = replacementBounds(input.spec.update, input.want)
  const least = input.want - unavailable
  // Whoever reaches for the goal waits for machines to come up before letting others go; then all of them serve.
  const counts = (node: Node): boolean => input.reach === "goal" || isServing(node)
  let total = healthy.length
  let serving = healthy.filter(counts).length
  const steps: Array<PlannedStep> = []
  const toLaunch = [...launches]
  let toRemove = [...victims]
  let first = true
  for (;;) {
    const launched = toLaunch.splice(0, Math.max(0, input.want + surge - total))
    steps.push(...launched)
    total += launched.length
    if (input.reach === "goal") serving += launched.length
    if (first) steps.push(...doomed.flatMap((node) => removalOf(node, input)))
    const kept: Array<Node> = []
    for (const node of toRemove) {
      if (counts(node) && serving - 1 < least) {
        kept.push(node)
        continue
      }
      steps.push(...removalOf(node, input))
      total--
      if (counts(node)) serving--
    }
    const moved = launched.length > 0 || kept.length < toRemove.length
    toRemove = kept
    first = false
    if (!moved) return { steps, unmet }
  }
}
