import { Effect } from "effect"
import { isStaying } from "../../decide/diff/removalOrder.ts"
import { zonesOf } from "../../decide/launchOrder.ts"
import { templateOf } from "../../decide/templateOf.ts"
import type { ClusterSpec, Network } from "../../model/ClusterSpec.ts"
import type { Node } from "../../model/Node.ts"
import type { NodePool } from "../../model/NodePool.ts"
import type { Step } from "../../model/Plan.ts"
import { remembered } from "../../model/remembered.ts"
import { because, type ComputeError, Failed } from "../../service/ComputeError.ts"
import { emptyNode } from "./emptyNode.ts"
import type { Fleet } from "./Fleet.ts"
import { launchMachine } from "./launchMachine.ts"
import type { SeenCluster } from "./seeCluster.ts"

/** When a lease that is renewed now will end. */
export const leaseUntil = ({ leaseMs }: ClusterSpec, nowMs: number): number | undefined =>
  leaseMs === undefined ? undefined : nowMs + leaseMs

/** Marks a node so that nothing new comes to it, at the cloud and on the host. */
export const cordon = ({ hosts, machines }: Fleet, node: Pick<Node, "id" | "name">, cordoned: boolean) =>
  Effect.andThen(
    machines.mark(node.id, { cordoned }),
    hosts === undefined ? Effect.void : hosts.cordon(node.name, cordoned)
  )

/** Cordons a node and empties it where its pods can be reached. */
export const drainNode = (fleet: Fleet, node: Node, policy: ClusterSpec["update"]): Effect.Effect<void, ComputeError> =>
  Effect.andThen(
    cordon(fleet, node, true),
    fleet.hosts === undefined
      ? Effect.void
      : Effect.andThen(
          emptyNode(fleet.hosts, { node, policy, everyMs: fleet.settings.everyMs }),
          policy.nodeDrainGracePeriodMs > 0 ? Effect.sleep(policy.nodeDrainGracePeriodMs) : Effect.void
        )
  )

/** The last machine of a name that is still shown, though it has ended. */
const predecessorOf = ({ machines }: SeenCluster, name: string): string | undefined =>
  machines
    .filter(({ owner, state }) => owner.machine === name && (state === "terminated" || state === "terminating"))
    .toSorted((a, b) => b.launchedAtMs - a.launchedAtMs || (a.id < b.id ? -1 : 1))[0]?.id

/** Does one step of a plan, in the light of what the plan was made from. `network` is made once, by whoever needs it first. */
export const perform = (
  fleet: Fleet,
  seen: SeenCluster,
  network: Effect.Effect<Network, ComputeError>
): ((step: Step) => Effect.Effect<void, ComputeError>) => {
  const { machines } = fleet
  const { spec } = seen.goal
  const zones = remembered((pool: NodePool) => {
    const template = templateOf(spec, pool)
    return zonesOf(seen.nodes.filter((node) => node.pool === pool.name && isStaying(node, template)))
  })
  const onNode = (name: string, work: (node: Node) => Effect.Effect<void, ComputeError>) => {
    const node = seen.nodes.find((one) => one.name === name)
    return node === undefined ? Effect.void : work(node)
  }
  const launch = ({ machine, market, pool: poolName }: Step & { readonly type: "launch" }) =>
    Effect.gen(function* () {
      const pool = spec.nodePools.find(({ name }) => name === poolName)
      if (pool === undefined) {
        const detail = `the plan asks for a machine of pool ${poolName}, which the goal does not know`
        const hint = "run the command again"
        return yield* because(new Failed({ backend: machines.backend, operation: "launch", detail, hint }))
      }
      yield* launchMachine(fleet, {
        spec,
        pool,
        machine,
        market,
        predecessor: predecessorOf(seen, machine),
        offerings: seen.offerings,
        zones: zones(pool),
        network: yield* network,
        leaseUntilMs: leaseUntil(spec, seen.nowMs)
      })
    })
  return (step) => {
    switch (step.type) {
      case "createNetwork":
        return Effect.asVoid(network)
      case "removeNetwork":
        return machines.prerequisites.remove(spec.name)
      case "removeGoal":
        return machines.goals.remove(spec.name)
      case "launch":
        return launch(step)
      case "terminate":
        return machines.terminate([step.id])
      case "start":
        return onNode(step.machine, ({ id }) => machines.start(id))
      case "stop":
        return onNode(step.machine, ({ id }) => machines.stop(id))
      case "cordon":
      case "uncordon":
        return onNode(step.machine, (node) => cordon(fleet, node, step.type === "cordon"))
      case "drain":
        return onNode(step.machine, (node) =>
          drainNode(fleet, node, { ...spec.update, drainTimeoutMs: step.deadlineMs })
        )
    }
  }
}
