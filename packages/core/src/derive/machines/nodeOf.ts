import type { ClusterSpec } from "../../model/ClusterSpec.ts"
import type { Node, NodeState } from "../../model/Node.ts"
import type { Offering } from "../../model/Offering.ts"
import { none } from "../../model/Resources.ts"
import { remembered } from "../../model/remembered.ts"
import type { Machine } from "../../ports/Machines.ts"

const states: Readonly<Record<Machine["state"], NodeState>> = {
  pending: "booting",
  running: "ready",
  stopping: "stopped",
  stopped: "stopped",
  terminating: "leaving",
  terminated: "gone"
}

/** What a machine is called besides its own marks: its cluster's description and what such machines are. */
export interface NodeContext {
  readonly spec: ClusterSpec | undefined
  readonly offerings: ReadonlyArray<Offering>
  /** Machines that run and have not been heard from for long. */
  readonly lost: ReadonlySet<string>
}

/** A machine as a node of its cluster. */
export const nodeOf = (machine: Machine, { lost, offerings, spec }: NodeContext): Node => {
  const node = nodesAmong(offerings)(spec ?? nowhere)(machine)
  return node.state === "ready" && lost.has(machine.id) ? { ...node, state: "lost" } : node
}

type Described = Pick<ClusterSpec, "nodePools" | "labels">

/** What is known of the cluster of a machine whose goal is gone. */
const nowhere: Described = { nodePools: [], labels: {} }

const nodesAmong = remembered((offerings: ReadonlyArray<Offering>) =>
  remembered((spec: Described) => remembered((machine: Machine) => describe(machine, offerings, spec)))
)

const describe = (machine: Machine, offerings: ReadonlyArray<Offering>, { labels, nodePools }: Described): Node => {
  const { cluster, machine: name, pool, template } = machine.owner
  const described = nodePools.find((one) => one.name === pool)
  const alike = offerings.filter(({ instanceType }) => instanceType === machine.instanceType)
  const offering =
    alike.find(({ market, zone }) => market === machine.market && zone === machine.zone) ??
    alike.find(({ market }) => market === machine.market) ??
    alike[0]
  return {
    name,
    id: machine.id,
    cluster,
    pool,
    state: states[machine.state],
    schedulable: !machine.cordoned,
    instanceType: machine.instanceType,
    zone: machine.zone,
    market: machine.market,
    labels: { ...offering?.labels, ...labels, ...described?.labels },
    taints: described?.taints ?? [],
    capacity: offering?.capacity ?? none,
    microUsdPerHour: offering?.microUsdPerHour ?? 0,
    createdAtMs: machine.launchedAtMs,
    template,
    ...(machine.address === undefined ? {} : { address: machine.address }),
    ...(machine.reclaimAtMs === undefined ? {} : { reclaimAtMs: machine.reclaimAtMs })
  }
}
