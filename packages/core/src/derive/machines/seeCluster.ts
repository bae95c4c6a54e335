import { Clock, Effect } from "effect"
import { diff } from "../../decide/diff.ts"
import type { Cluster } from "../../model/Cluster.ts"
import type { Goal } from "../../model/Goal.ts"
import type { Node } from "../../model/Node.ts"
import type { Offering } from "../../model/Offering.ts"
import type { Machine } from "../../ports/Machines.ts"
import type { ComputeError } from "../../service/ComputeError.ts"
import type { Fleet } from "./Fleet.ts"
import { nodeOf } from "./nodeOf.ts"

/** One cluster as it was seen. Machines that have ended are among `machines` and not among `nodes`. */
export interface SeenCluster {
  readonly goal: Goal
  readonly machines: ReadonlyArray<Machine>
  readonly nodes: ReadonlyArray<Node>
  readonly offerings: ReadonlyArray<Offering>
  readonly soldOut: ReadonlySet<string>
  readonly nowMs: number
}

/** The machines that have been silent for too long. */
export const lostAt = ({ settings, silentSinceMs }: Fleet, nowMs: number): ReadonlySet<string> =>
  new Set([...silentSinceMs].filter(([, sinceMs]) => nowMs - sinceMs >= settings.lostAfterMs).map(([id]) => id))

/** Looks at a cluster's machines in the light of its goal. */
export const seeCluster = (fleet: Fleet, goal: Goal): Effect.Effect<SeenCluster, ComputeError> =>
  Effect.gen(function* () {
    const { region, name, nodePools } = goal.spec
    const machines = yield* fleet.machines.observe(name)
    const types = [
      ...nodePools.flatMap(({ instanceTypes }) => instanceTypes),
      ...machines.map((one) => one.instanceType)
    ]
    const offerings = yield* fleet.machines.offerings(region, [...new Set(types)])
    const nowMs = yield* Clock.currentTimeMillis
    const context = { spec: goal.spec, offerings, lost: lostAt(fleet, nowMs) }
    const nodes = machines
      .map((machine) => nodeOf(machine, context))
      .filter(({ state }) => state !== "gone")
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    return { goal, machines, nodes, offerings, soldOut: fleet.soldOut.at(nowMs), nowMs }
  })

/** What is to be done now. */
export const planNow = ({ goal, nodes, nowMs, offerings, soldOut }: SeenCluster) =>
  diff({ goal, nodes, offerings, soldOut, nowMs, reach: "now" })

/** The cluster as everybody sees it. */
export const clusterOf = (seen: SeenCluster): Cluster => {
  const { goal, nodes } = seen
  const { steps, unmet } = planNow(seen)
  const settled = steps.length === 0 && unmet.length === 0 && nodes.every(({ state }) => state === "ready")
  const state = goal.deleting ? "deleting" : settled ? "ready" : "converging"
  return { name: goal.spec.name, spec: goal.spec, state, nodes }
}
