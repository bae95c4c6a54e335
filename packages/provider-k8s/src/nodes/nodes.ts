import { because, type Capacity, minus, type Node, NotFound, requestOf } from "@orrery/core"
import { Effect, Stream } from "effect"
import { Client } from "../Client.ts"
import { fieldManager } from "../objects/fieldOwners.ts"
import { list } from "../objects/list.ts"
import { nodesPath, podsPath } from "../objects/paths.ts"
import type { WireNode, WirePod } from "../objects/wire.ts"
import { fromNode } from "../translate/node.ts"
import { fromPod } from "../translate/pod.ts"

const subject = (operation: string, name: string) => ({ operation, kind: "node", name })

/** All nodes, or those of one cluster. */
export const listNodes = (cluster?: string, operation = "nodes.list") =>
  Stream.unwrap(
    Effect.map(Client, (client) =>
      list<WireNode>({ ...subject(operation, cluster ?? ""), path: nodesPath() }).pipe(
        Stream.map((node) => fromNode(node, client.cluster)),
        Stream.filter((node) => cluster === undefined || node.cluster === cluster)
      )
    )
  )

/** One node. */
export const getNode = Effect.fn("kubernetes.nodes.get")(function* (name: string) {
  const client = yield* Client
  const node = yield* client.request<WireNode>({ ...subject("nodes.get", name), path: nodesPath(name) })
  return fromNode(node, client.cluster)
})

/** Keeps new pods off a node, or lets them on again. */
export const setSchedulable = Effect.fn("kubernetes.nodes.cordon")(function* (name: string, schedulable: boolean) {
  const client = yield* Client
  yield* client.request({
    ...subject(schedulable ? "nodes.uncordon" : "nodes.cordon", name),
    method: "PATCH",
    path: nodesPath(name),
    query: { fieldManager },
    contentType: "application/strategic-merge-patch+json",
    body: { spec: { unschedulable: schedulable ? null : true } }
  })
})

/** Nodes of a name that nobody's label mentions do not exist. */
export const nodesOf = Effect.fnUntraced(function* (operation: string, cluster: string) {
  const nodes: ReadonlyArray<Node> = yield* Stream.runCollect(listNodes(cluster, operation))
  if (nodes.length === 0)
    return yield* because(new NotFound({ backend: "kubernetes", operation, kind: "cluster", name: cluster }))
  return nodes
})

/** What nodes have and what of it no pod has asked for. */
export const capacity = Effect.gen(function* () {
  const nodes = yield* Stream.runCollect(listNodes(undefined, "capacity"))
  const used = new Map(nodes.map(({ capacity: total, name }) => [name, { total, free: total }]))
  const query = { fieldSelector: "status.phase!=Succeeded,status.phase!=Failed" }
  const pods = list<WirePod>({ operation: "capacity", kind: "pod", name: "", path: podsPath(undefined), query })
  yield* Stream.runForEach(pods, (wire) =>
    Effect.sync(() => {
      const pod = fromPod(wire)
      const node = used.get(pod.node ?? "")
      if (node !== undefined) node.free = minus(node.free, requestOf(pod.spec))
    })
  )
  const result: Capacity = { nodes: [...used].map(([name, { free, total }]) => ({ name, total, free })) }
  return result
}).pipe(Effect.withSpan("kubernetes.capacity"))
