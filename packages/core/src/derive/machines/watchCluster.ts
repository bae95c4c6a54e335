import { Effect, type Stream } from "effect"
import { pollChanges } from "../../loop/pollChanges.ts"
import type { Cluster, ClusterEvent } from "../../model/Cluster.ts"
import type { Node } from "../../model/Node.ts"
import { same } from "../../model/same.ts"
import type { ComputeError } from "../../service/ComputeError.ts"
import type { Fleet } from "./Fleet.ts"
import { clusterOf, seeCluster } from "./seeCluster.ts"

const nodeChanges = (before: ReadonlyArray<Node>, after: ReadonlyArray<Node>, atMs: number): Array<ClusterEvent> => {
  const known = new Map(before.map((node) => [node.id, node]))
  const there = new Set(after.map(({ id }) => id))
  return [
    ...after.flatMap((node): ReadonlyArray<ClusterEvent> => {
      const old = known.get(node.id)
      if (old === undefined) return [{ type: "NodeAdded", atMs, node }]
      if (old.state !== "ready" && node.state === "ready") return [{ type: "NodeReady", atMs, node }]
      return same(old, node) ? [] : [{ type: "NodeChanged", atMs, node }]
    }),
    ...before.filter(({ id }) => !there.has(id)).map((node): ClusterEvent => ({ type: "NodeRemoved", atMs, node }))
  ]
}

const changes = (
  before: Cluster | undefined,
  after: Cluster | undefined,
  atMs: number
): ReadonlyArray<ClusterEvent> => {
  const nodes = nodeChanges(before?.nodes ?? [], after?.nodes ?? [], atMs)
  if (before === undefined) return nodes
  if (after === undefined) return [...nodes, { type: "ClusterDeleted", atMs, cluster: before.name }]
  const unchanged = before.state === after.state && same(before.spec, after.spec)
  return unchanged ? nodes : [...nodes, { type: "ClusterChanged", atMs, cluster: after.name }]
}

/** What happens to a cluster, told by difference. */
export const watchCluster = (fleet: Fleet, name: string): Stream.Stream<ClusterEvent, ComputeError> =>
  pollChanges({
    backend: fleet.machines.backend,
    operation: "watchCluster",
    kind: "cluster",
    name,
    everyMs: fleet.settings.everyMs,
    read: Effect.flatMap(fleet.machines.goals.read(name), (stored) =>
      stored === undefined ? Effect.undefined : Effect.map(seeCluster(fleet, stored.goal), clusterOf)
    ),
    changes
  })
