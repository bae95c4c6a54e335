import type { Cluster, ClusterManager, ComputeError, Node } from "@orrery/core"
import { Effect, Stream } from "effect"
import { eventually } from "../eventually.ts"
import type { Given } from "../Rule.ts"

type Clusters = ClusterManager["Service"]

/** The nodes of one cluster that are there or coming. */
export const nodesOf = (clusters: Clusters, name: string): Effect.Effect<ReadonlyArray<Node>, ComputeError> =>
  Effect.map(Stream.runCollect(clusters.nodes.list(name)), (nodes) =>
    nodes.filter(({ state }) => state !== "leaving" && state !== "gone")
  )

/** All clusters, in the order of their names. */
export const allClusters = (clusters: Clusters): Effect.Effect<ReadonlyArray<Cluster>, ComputeError> =>
  Effect.map(Stream.runCollect(clusters.listClusters), (found) => found.toSorted((a, b) => (a.name < b.name ? -1 : 1)))

/** What must be the same before and after a call that was refused. */
export const clustersState = (clusters: Clusters) =>
  Effect.gen(function* () {
    const nodes = yield* Stream.runCollect(clusters.nodes.list())
    const specs = (yield* allClusters(clusters)).map(({ spec }) => spec)
    return {
      specs,
      nodes: nodes.map(({ id, schedulable }) => ({ id, schedulable })).toSorted((a, b) => (a.id < b.id ? -1 : 1))
    }
  })

/** Waits until the cluster says that it is ready with so many ready nodes. */
export const readyWith = (clusters: Clusters, { pace }: Given, name: string, count: number) =>
  eventually(pace, {
    look: clusters.getCluster(name),
    until: ({ nodes, state }) =>
      state === "ready" && nodes.length === count && nodes.every((node) => node.state === "ready"),
    what: `cluster ${name} is ready with ${count} nodes`
  })
