import { Clock, Effect, Schema, Stream } from "effect"
import type { Goal } from "../../model/Goal.ts"
import { grouped } from "../../model/grouped.ts"
import type { Node } from "../../model/Node.ts"
import { UpdatePolicy } from "../../model/UpdatePolicy.ts"
import type { Machine } from "../../ports/Machines.ts"
import type { NodeOperations } from "../../service/ClusterManager.ts"
import { because, type ComputeError, Conflict, NotFound } from "../../service/ComputeError.ts"
import { passOver } from "./converge.ts"
import type { Fleet } from "./Fleet.ts"
import { nodeOf } from "./nodeOf.ts"
import { cordon, drainNode } from "./perform.ts"
import { lostAt } from "./seeCluster.ts"

const defaultPolicy = Schema.decodeSync(UpdatePolicy)({})

interface Found {
  readonly node: Node
  readonly goal: Goal | undefined
  readonly standing: boolean
}

/** All nodes in the light of their clusters' goals, by cluster and name. */
const seeNodes = (fleet: Fleet, cluster?: string): Effect.Effect<ReadonlyArray<Found>, ComputeError> =>
  Effect.gen(function* () {
    const goals = yield* fleet.machines.goals.list
    const machines = yield* fleet.machines.observe(cluster)
    const nowMs = yield* Clock.currentTimeMillis
    const lost = lostAt(fleet, nowMs)
    const byCluster = grouped(machines, ({ owner }) => owner.cluster)
    const found: Array<Found> = []
    for (const [name, its] of [...byCluster].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const goal = goals.find((stored) => stored.goal.spec.name === name)?.goal
      const types = [...new Set(its.map(({ instanceType }) => instanceType))]
      const offerings = yield* fleet.machines.offerings(goal?.spec.region, types)
      const nodes = its.map((machine: Machine) => ({
        node: nodeOf(machine, { spec: goal?.spec, offerings, lost }),
        goal,
        standing: machine.standing === true
      }))
      found.push(...nodes.toSorted((a, b) => (a.node.name < b.node.name ? -1 : 1)))
    }
    return found.filter(({ node }) => node.state !== "gone")
  })

/** The one node of a name; `cluster/name` or its id where several clusters have one of that name. */
const findNode = (fleet: Fleet, name: string, operation: string): Effect.Effect<Found, ComputeError> =>
  Effect.gen(function* () {
    const at = { backend: fleet.machines.backend, operation, kind: "node", name }
    const all = yield* seeNodes(fleet)
    const named = all.filter(({ node }) => node.id === name || `${node.cluster}/${node.name}` === name)
    const candidates = named.length > 0 ? named : all.filter(({ node }) => node.name === name)
    // a machine that goes still bears the name that its successor has already
    const staying = candidates.filter(({ node }) => node.state !== "leaving")
    const [first, second] = staying.length > 0 ? staying : candidates
    if (first === undefined) return yield* because(new NotFound(at))
    if (second === undefined) return first
    const detail = `several clusters have one: say ${first.node.cluster}/${name} or ${second.node.cluster}/${name}`
    return yield* because(new Conflict({ ...at, detail }))
  })

/** What can be done with single nodes, over the machines they are. */
export const nodeOperations = (fleet: Fleet): NodeOperations => {
  const { machines } = fleet
  /**
   * Ends the machine; its pool is filled up again where its cluster stays. The new machine bears the name of the old one:
   * were the call tried again because of what may work later, the new one would go, too. So that is left to the next pass.
   */
  const end = ({ goal, node, standing }: Found, operation: string): Effect.Effect<void, ComputeError> => {
    const at = { backend: machines.backend, operation, kind: "node", name: node.name }
    if (standing) return Effect.fail(because(new Conflict({ ...at, detail: "it was there before us, and stays" })))
    const fillUp = passOver(fleet, node.cluster, operation).pipe(
      Effect.asVoid,
      Effect.catchIf(
        ({ retry }) => retry === "later" || retry === "exhausted",
        (error) => Effect.logWarning(`the pool of ${node.name} is not filled up yet: ${error.message}`)
      )
    )
    const ended = machines.terminate([node.id])
    return goal === undefined || goal.deleting ? ended : Effect.andThen(ended, fillUp)
  }
  /** One look is not enough to take a node for gone: a list may lag. */
  const findSurely = (name: string, operation: string) =>
    Effect.catchIf(
      findNode(fleet, name, operation),
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.andThen(Effect.sleep(fleet.settings.everyMs), findNode(fleet, name, operation))
    )
  return {
    list: (cluster) =>
      Stream.fromIterableEffect(Effect.map(seeNodes(fleet, cluster), (found) => found.map(({ node }) => node))),
    get: (name) => Effect.map(findNode(fleet, name, "nodes.get"), ({ node }) => node),
    cordon: (name) => Effect.flatMap(findNode(fleet, name, "nodes.cordon"), ({ node }) => cordon(fleet, node, true)),
    uncordon: (name) =>
      Effect.flatMap(findNode(fleet, name, "nodes.uncordon"), ({ node }) => cordon(fleet, node, false)),
    drain: (name, { deadlineMs } = {}) =>
      Effect.flatMap(findNode(fleet, name, "nodes.drain"), ({ goal, node }) => {
        const policy = goal?.spec.update ?? defaultPolicy
        return drainNode(fleet, node, { ...policy, drainTimeoutMs: deadlineMs ?? policy.drainTimeoutMs })
      }),
    repair: (name) => Effect.flatMap(findNode(fleet, name, "nodes.repair"), (found) => end(found, "nodes.repair")),
    remove: (name) =>
      findSurely(name, "nodes.remove").pipe(
        Effect.flatMap((found) => end(found, "nodes.remove")),
        Effect.catchIf(
          ({ reason }) => reason._tag === "NotFound",
          () => Effect.void
        )
      )
  }
}
