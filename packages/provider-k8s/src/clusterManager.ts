import {
  because,
  type Cluster,
  type ClusterEvent,
  type ComputeError,
  defaultUpdatePolicy,
  type Node,
  type NodePool,
  Unsupported
} from "@orrery/core"
import { Clock, Effect, Stream } from "effect"
import { Client } from "./Client.ts"
import { capabilities } from "./capabilities.ts"
import { listNodes, nodesOf } from "./nodes/nodes.ts"
import { nodesPath } from "./objects/paths.ts"
import { watch } from "./objects/watch.ts"
import type { WireNode } from "./objects/wire.ts"
import { fromNode } from "./translate/node.ts"

/** Refuses what only a maker of machines could do. */
export const noMachines = (operation: string): Effect.Effect<never, ComputeError> => {
  const why = capabilities.clusters._tag === "Absent" ? capabilities.clusters.why : ""
  return Effect.fail(because(new Unsupported({ backend: "kubernetes", operation, feature: "clusters", why })))
}

const poolOf = (name: string, nodes: ReadonlyArray<Node>): NodePool => ({
  name,
  instanceTypes: [...new Set(nodes.map(({ instanceType }) => instanceType))].toSorted(),
  minSize: nodes.length,
  maxSize: nodes.length,
  labels: {},
  taints: [],
  zones: [...new Set(nodes.map(({ zone }) => zone).filter((zone) => zone !== ""))].toSorted()
})

/** A cluster as its nodes show it: one pool per pool label, each as large as it is. */
export const toCluster = (name: string, nodes: ReadonlyArray<Node>): Cluster => {
  const pools = [...new Set(nodes.map(({ pool }) => pool))].toSorted()
  return {
    name,
    spec: {
      name,
      provider: "kubernetes",
      network: { subnets: [], securityGroups: [] },
      nodePools: pools.map((pool) =>
        poolOf(
          pool,
          nodes.filter((node) => node.pool === pool)
        )
      ),
      update: defaultUpdatePolicy,
      labels: {}
    },
    state: nodes.every(({ state }) => state === "ready") ? "ready" : "converging",
    nodes
  }
}

/** One cluster: the nodes that say they belong to it. */
export const getCluster = Effect.fn("kubernetes.getCluster")(function* (name: string) {
  return toCluster(name, yield* nodesOf("getCluster", name))
})

/** Every name that a node of this API server mentions. */
export const listClusters = Stream.unwrap(
  Effect.map(Stream.runCollect(listNodes(undefined, "listClusters")), (nodes) => {
    const names = [...new Set(nodes.map(({ cluster }) => cluster))].toSorted()
    return Stream.fromIterable(names).pipe(
      Stream.map((name) =>
        toCluster(
          name,
          nodes.filter(({ cluster }) => cluster === name)
        )
      )
    )
  })
)

const typeOf = (before: Node | undefined, now: Node) => {
  if (before === undefined) return "NodeAdded"
  return before.state !== "ready" && now.state === "ready" ? "NodeReady" : "NodeChanged"
}

// kubelets renew their status all the time; only what can be seen through our vocabulary is a change
const same = (before: Node | undefined, now: Node): boolean => JSON.stringify(before) === JSON.stringify(now)

/** The nodes of one cluster as they come, become ready, change and go. */
export const watchCluster = (name: string) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const client = yield* Client
      yield* nodesOf("watchCluster", name)
      const known = new Map<string, Node>()
      return watch<WireNode>({ operation: "watchCluster", kind: "node", name: "", path: nodesPath() }).pipe(
        Stream.filter((change) => change.type !== "Synced"),
        Stream.mapEffect((change) =>
          Effect.map(Clock.currentTimeMillis, (atMs): ReadonlyArray<ClusterEvent> => {
            const node = fromNode(change.object, client.cluster)
            const before = known.get(node.id)
            if (node.cluster !== name || change.type === "Gone") {
              known.delete(node.id)
              return before === undefined ? [] : [{ type: "NodeRemoved", atMs, node: { ...before, state: "gone" } }]
            }
            known.set(node.id, node)
            return same(before, node) ? [] : [{ type: typeOf(before, node), atMs, node }]
          })
        ),
        Stream.flattenIterable
      )
    })
  )
