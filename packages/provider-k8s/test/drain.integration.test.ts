import { assert, layer } from "@effect/vitest"
import { ClusterManager, ContainerManager } from "@orrery/core"
import { Effect, Fiber, Stream } from "effect"
import { KubernetesAdmin } from "../src/index.ts"
import { addNode, applyAs, deployment, destroyPath, server } from "./server.ts"

const pool = `drain-${process.pid}`
const node = (name: string): string => `${pool}-${name}`
const budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
const budget = (name: string, app: string, minAvailable: number) =>
  applyAs("test", `${budgets}/${name}`, {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name },
    spec: { minAvailable, selector: { matchLabels: { app } } }
  })

/** A pod on one node, of nobody or of somebody. */
const pod = (name: string, on: string, more: { readonly spec?: object; readonly metadata?: object } = {}) =>
  applyAs("somebody", `/api/v1/namespaces/default/pods/${name}`, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, ...more.metadata },
    spec: {
      nodeName: on,
      terminationGracePeriodSeconds: 1,
      containers: [{ name: "main", image: "busybox:1" }],
      ...more.spec
    }
  })

const available = (name: string) =>
  Effect.flatMap(ContainerManager, (containers) =>
    Effect.repeat(containers.getDeployment({ name }), { until: ({ state }) => state === "available" }).pipe(
      Effect.timeout("90 seconds")
    )
  )

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("a drain on a real control plane", (it) => {
  it.effect("tells what becomes of each pod, and what keeps the one that a budget holds", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      yield* addNode(node("a"), { for: pool })
      yield* containers.createDeployment(deployment("told", pool, { replicas: 2 }))
      yield* available("told")
      yield* budget("told", "told", 2)
      yield* Effect.sleep("1 second")
      const admin = yield* KubernetesAdmin
      const telling = yield* Effect.forkChild(Stream.runCollect(admin.drain(node("a"), { deadlineMs: 30_000 })))
      yield* Effect.sleep("1 second")
      yield* destroyPath(`${budgets}/told`)
      const told = yield* Fiber.join(telling)
      assert.isAtLeast(told.filter(({ state }) => state === "blocked").length, 1)
      assert.include(told.find(({ state }) => state === "blocked")?.why ?? "", "disruption budget")
      assert.lengthOf(
        told.filter(({ state }) => state === "gone"),
        2
      )
      assert.strictEqual(told.at(-1)?.left, 0)
      yield* containers.deleteDeployment({ name: "told" })
    })
  )

  it.effect("a pod that two budgets claim fails at once, as waiting does not help, and says so", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const { nodes } = yield* ClusterManager
      yield* addNode(node("b"), { for: `${pool}-b` })
      yield* containers.createDeployment(deployment("claimed", `${pool}-b`, { replicas: 2 }))
      yield* available("claimed")
      yield* budget("claimed-1", "claimed", 1)
      yield* budget("claimed-2", "claimed", 1)
      yield* Effect.sleep("1 second")
      const error = yield* Effect.flip(nodes.drain(node("b"), { deadlineMs: 30_000 }))
      assert.strictEqual(error.reason._tag, "Failed")
      assert.include(error.remedy, "one PodDisruptionBudget only")
      for (const name of ["claimed-1", "claimed-2"]) yield* destroyPath(`${budgets}/${name}`)
      yield* containers.deleteDeployment({ name: "claimed" })
    })
  )

  it.effect("pods that a budget keeps, however many, keep nobody else", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const admin = yield* KubernetesAdmin
      const many = 30
      yield* addNode(node("e"), { for: `${pool}-e` })
      yield* budget("kept", "kept", many)
      yield* containers.createDeployment(deployment("kept", `${pool}-e`, { replicas: many }))
      yield* containers.createDeployment(deployment("let-go", `${pool}-e`, { replicas: 2 }))
      yield* available("kept")
      yield* available("let-go")
      const gone = admin.drain(node("e")).pipe(
        Stream.filter(({ state }) => state === "gone"),
        Stream.take(2),
        Stream.runCollect
      )
      for (const { left, pod } of yield* Effect.timeout(gone, "90 seconds")) {
        assert.match(pod, /^default\/let-go-/)
        assert.isAtLeast(left, many)
      }
      yield* destroyPath(`${budgets}/kept`)
      for (const name of ["kept", "let-go"]) yield* containers.deleteDeployment({ name })
    })
  )

  it.effect("a node's own pods stay: those of a DaemonSet, and static ones", () =>
    Effect.gen(function* () {
      const { nodes } = yield* ClusterManager
      yield* addNode(node("c"), {})
      const daemons = `/apis/apps/v1/namespaces/default/daemonsets/${pool}`
      const selector = { matchLabels: { app: pool } }
      yield* applyAs("somebody", daemons, {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: { name: pool },
        spec: {
          selector,
          template: {
            metadata: { labels: selector.matchLabels },
            spec: {
              nodeSelector: { "kubernetes.io/hostname": node("c") },
              containers: [{ name: "main", image: "busybox:1" }]
            }
          }
        }
      })
      yield* pod(`${pool}-static`, node("c"), {
        metadata: { annotations: { "kubernetes.io/config.mirror": "x", "kubernetes.io/config.source": "file" } }
      })
      yield* Effect.sleep("1 second")
      yield* nodes.drain(node("c"), { deadlineMs: 10_000 })
      const admin = yield* KubernetesAdmin
      const again = yield* Stream.runCollect(admin.drain(node("c")))
      assert.deepStrictEqual(again, [])
      yield* destroyPath(daemons)
      yield* destroyPath(`/api/v1/namespaces/default/pods/${pool}-static`)
    })
  )

  it.effect("data on the node, and pods that nobody would start again, are lost only where that is said", () =>
    Effect.gen(function* () {
      const { nodes } = yield* ClusterManager
      const admin = yield* KubernetesAdmin
      yield* addNode(node("d"), {})
      yield* pod(`${pool}-data`, node("d"), { spec: { volumes: [{ name: "cache", emptyDir: {} }] } })
      const bare = yield* Effect.flip(Stream.runDrain(admin.drain(node("d"), { localData: "refuse" })))
      assert.include(bare.message, "nobody would start these pods again")
      const data = yield* Effect.flip(Stream.runDrain(admin.drain(node("d"), { bare: "lose", localData: "refuse" })))
      assert.include(data.message, `these pods keep data on the node: default/${pool}-data`)
      assert.isTrue((yield* nodes.get(node("d"))).schedulable)
      const told = yield* Stream.runCollect(admin.drain(node("d"), { bare: "lose", graceMs: 0 }))
      assert.strictEqual(told.at(-1)?.state, "gone")
      assert.isFalse((yield* nodes.get(node("d"))).schedulable)
      for (const name of ["a", "b", "c", "d", "e"]) yield* destroyPath(`/api/v1/nodes/${node(name)}`)
    })
  )
})
