import { assert, layer } from "@effect/vitest"
import { ClusterManager, ContainerManager } from "@orrery/core"
import { Effect, Fiber, Stream } from "effect"
import { labelOf } from "../src/objects/labels.ts"
import { addNode, applyAs, deployment, destroyPath, server } from "./server.ts"

const cluster = "nodes-test"
const on = (pool: string) => ({ for: "nodes", [labelOf.cluster]: cluster, [labelOf.pool]: pool })

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("nodes of a real control plane", (it) => {
  it.effect("a cluster is the nodes that say so, in pools; machines are not made here", () =>
    Effect.gen(function* () {
      yield* addNode("nodes-a", on("general"))
      yield* addNode("nodes-b", on("gpu"))
      const clusters = yield* ClusterManager
      const found = yield* clusters.getCluster(cluster)
      assert.deepStrictEqual(
        found.spec.nodePools.map(({ maxSize, name }) => ({ maxSize, name })),
        [
          { maxSize: 1, name: "general" },
          { maxSize: 1, name: "gpu" }
        ]
      )
      const names = yield* Stream.runCollect(clusters.listClusters)
      assert.include(
        names.map(({ name }) => name),
        cluster
      )
      assert.strictEqual((yield* Effect.flip(clusters.getCluster("nothing"))).reason._tag, "NotFound")
      const refused = yield* Effect.flip(clusters.scalePool(cluster, "gpu", 3))
      assert.strictEqual(refused.reason._tag, "Unsupported")
    })
  )

  it.effect("nodes that come and go are told", () =>
    Effect.gen(function* () {
      const clusters = yield* ClusterManager
      const seen = yield* Effect.forkChild(
        clusters.watchCluster(cluster).pipe(
          Stream.filter((event) => "node" in event && event.node.name === "nodes-c"),
          Stream.takeUntil(({ type }) => type === "NodeRemoved"),
          Stream.runCollect
        )
      )
      yield* Effect.sleep("300 millis")
      yield* addNode("nodes-c", on("general"))
      yield* Effect.repeat(clusters.nodes.get("nodes-c"), { until: ({ state }) => state === "ready" }).pipe(
        Effect.timeout("90 seconds")
      )
      yield* destroyPath("/api/v1/nodes/nodes-c")
      const types = (yield* Effect.timeout(Fiber.join(seen), "90 seconds")).map(({ type }) => type)
      assert.strictEqual(types[0], "NodeAdded")
      assert.include(types, "NodeReady")
      assert.strictEqual(types.at(-1), "NodeRemoved")
    })
  )

  it.effect("cordon keeps pods off, uncordon lets them on", () =>
    Effect.gen(function* () {
      const { nodes } = yield* ClusterManager
      yield* nodes.cordon("nodes-a")
      yield* nodes.cordon("nodes-a")
      assert.isFalse((yield* nodes.get("nodes-a")).schedulable)
      yield* nodes.uncordon("nodes-a")
      assert.isTrue((yield* nodes.get("nodes-a")).schedulable)
    })
  )

  it.effect("drain keeps a budget, and says what is left when its time is over [R39]", () =>
    Effect.gen(function* () {
      const { nodes } = yield* ClusterManager
      const containers = yield* ContainerManager
      const budget = "/apis/policy/v1/namespaces/default/poddisruptionbudgets/drained"
      yield* containers.createDeployment(deployment("drained", "nodes", { replicas: 2 }))
      yield* applyAs("test", budget, {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "drained" },
        spec: { minAvailable: 2, selector: { matchLabels: { app: "drained" } } }
      })
      yield* Effect.repeat(containers.getDeployment({ name: "drained" }), {
        until: ({ state }) => state === "available"
      }).pipe(Effect.timeout("90 seconds"))
      const placed = yield* Stream.runCollect(containers.pods({ name: "drained" }))
      const busy = placed[0]?.node ?? ""
      yield* Effect.sleep("1 second")
      const stuck = yield* Effect.flip(nodes.drain(busy, { deadlineMs: 1500 }))
      assert.strictEqual(stuck.reason._tag, "TimedOut")
      assert.include(stuck.message, placed[0]?.name ?? "no pod was placed")
      yield* destroyPath(budget)
      yield* nodes.drain(busy, { deadlineMs: 30_000 })
      const after = yield* Stream.runCollect(containers.pods({ name: "drained" }))
      assert.notInclude(
        after.filter(({ state }) => state !== "leaving").map(({ node }) => node),
        busy
      )
      yield* nodes.uncordon(busy)
      yield* containers.deleteDeployment({ name: "drained" })
    })
  )

  it.effect("drain refuses to lose a pod that nobody would start again, and changes nothing", () =>
    Effect.gen(function* () {
      const { nodes } = yield* ClusterManager
      const pod = "/api/v1/namespaces/default/pods/bare"
      yield* applyAs("somebody", pod, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "bare" },
        spec: { nodeName: "nodes-b", containers: [{ name: "main", image: "busybox:1" }] }
      })
      const refused = yield* Effect.flip(nodes.drain("nodes-b"))
      assert.include(refused.message, "default/bare")
      assert.isTrue((yield* nodes.get("nodes-b")).schedulable)
      yield* destroyPath(pod)
    })
  )
})
