import { assert, layer } from "@effect/vitest"
import { ContainerManager } from "@orrery/core"
import { Effect, Fiber, Stream } from "effect"
import { Client } from "../src/Client.ts"
import { list } from "../src/objects/list.ts"
import { priorityClassesPath } from "../src/objects/paths.ts"
import type { WireObject } from "../src/objects/wire.ts"
import { addNode, applyAs, deployment, destroyPath, server } from "./server.ts"

const pool = "deployments"
const path = (name: string) => `/apis/apps/v1/namespaces/default/deployments/${name}`

const untilAvailable = (name: string) =>
  Effect.flatMap(ContainerManager, (containers) =>
    containers.watchDeployment({ name }).pipe(
      Stream.map(({ deployment }) => deployment),
      Stream.takeUntil(({ state }) => state === "available"),
      Stream.runLast,
      Effect.timeout("90 seconds")
    )
  )

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("deployments on a real control plane", (it) => {
  it.effect("createDeployment twice is once, and all of it comes up [R43] [R45] [R77]", () =>
    Effect.gen(function* () {
      yield* addNode("deployments-1", { for: pool })
      const containers = yield* ContainerManager
      const spec = deployment("twice", pool)
      const first = yield* containers.createDeployment(spec)
      const second = yield* containers.createDeployment(spec)
      assert.deepStrictEqual(first.spec, spec)
      assert.deepStrictEqual(second.spec, spec)
      yield* untilAvailable("twice")
      const status = yield* containers.getDeployment({ name: "twice" })
      assert.deepStrictEqual(status.replicas, { desired: 2, total: 2, updated: 2, ready: 2 })
      assert.strictEqual(status.revision, 1)
      const pods = yield* Stream.runCollect(containers.pods({ name: "twice" }))
      assert.deepStrictEqual(
        pods.map(({ node, owner, state }) => ({ node, owner, state })),
        Array.from({ length: 2 }, () => ({
          node: "deployments-1",
          owner: { kind: "deployment" as const, name: "twice" },
          state: "ready" as const
        }))
      )
      yield* containers.deleteDeployment({ name: "twice" })
      yield* containers.deleteDeployment({ name: "twice" })
      assert.strictEqual((yield* Effect.flip(containers.getDeployment({ name: "twice" }))).reason._tag, "NotFound")
    })
  )

  it.effect("update, scale and roll back; the watch tells all of it and ends with the deployment", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const spec = deployment("rolling", pool)
      yield* containers.createDeployment(spec)
      const watching = yield* Effect.forkChild(Stream.runCollect(containers.watchDeployment({ name: "rolling" })))
      yield* untilAvailable("rolling")
      const [main] = spec.template.spec.containers
      const image = "busybox:2"
      const template = {
        ...spec.template,
        spec: { ...spec.template.spec, containers: main === undefined ? [] : [{ ...main, image }] }
      }
      const updated = yield* containers.updateDeployment({ name: "rolling" }, { template })
      assert.strictEqual(updated.spec.template.spec.containers[0]?.image, image)
      assert.strictEqual((yield* containers.scaleDeployment({ name: "rolling" }, 3)).spec.replicas, 3)
      yield* untilAvailable("rolling")
      const back = yield* containers.rollback({ name: "rolling" }, 1)
      assert.strictEqual(back.spec.template.spec.containers[0]?.image, "busybox:1")
      assert.strictEqual(back.spec.replicas, 3)
      yield* untilAvailable("rolling")
      assert.strictEqual((yield* containers.getDeployment({ name: "rolling" })).revision, 3)
      assert.strictEqual((yield* Effect.flip(containers.rollback({ name: "rolling" }, 17))).reason._tag, "NotFound")
      const again = yield* containers.createDeployment(spec)
      assert.strictEqual(again.spec.replicas, 2)
      yield* containers.deleteDeployment({ name: "rolling" })
      const events = yield* Effect.timeout(Fiber.join(watching), "90 seconds")
      assert.strictEqual(events.at(-1)?.type, "Deleted")
      assert.includeMembers(
        events.map((event) => event.deployment.replicas.desired),
        [2, 3]
      )
    })
  )

  it.effect("an autoscaler's number of replicas is left to it, until we are told to scale", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const spec = deployment("owned", pool)
      yield* containers.createDeployment(spec)
      const scaled = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "owned" }, spec: { replicas: 4 } }
      yield* applyAs("horizontal-pod-autoscaler", path("owned"), scaled)
      assert.strictEqual((yield* containers.createDeployment(spec)).spec.replicas, 4)
      assert.strictEqual((yield* containers.scaleDeployment({ name: "owned" }, 1)).spec.replicas, 1)
      yield* containers.deleteDeployment({ name: "owned" })
    })
  )

  it.effect("what others set stays theirs through every change of ours, and goes when they take it back [R119]", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const ref = { name: "shared" }
      yield* containers.createDeployment(deployment("shared", pool))
      const theirs = (template: object) =>
        applyAs("injector", path("shared"), {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: "shared" },
          spec: { template }
        })
      yield* theirs({
        metadata: { annotations: { "example.com/injected": "yes" } },
        spec: {
          priorityClassName: "system-cluster-critical",
          containers: [
            { name: "main", env: [{ name: "INJECTED", value: "1" }], resources: { limits: { memory: "64Mi" } } },
            { name: "sidecar", image: "busybox:1" }
          ]
        }
      })
      const { spec } = yield* containers.updateDeployment(ref, { strategy: { type: "Recreate" } })
      assert.deepStrictEqual(spec.strategy, { type: "Recreate" })
      const later = yield* containers.updateDeployment(ref, { progressDeadlineMs: 300_000 })
      assert.deepStrictEqual(later.spec, { ...spec, progressDeadlineMs: 300_000 })
      assert.strictEqual(spec.template.annotations["example.com/injected"], "yes")
      const [main, ...others] = spec.template.spec.containers
      assert.deepStrictEqual(main?.environment, [{ name: "INJECTED", value: "1" }])
      const changed = main === undefined ? [] : [{ ...main, args: ["now"] }, ...others]
      const template = { ...spec.template, spec: { ...spec.template.spec, containers: changed } }
      yield* containers.updateDeployment(ref, { template })
      yield* containers.rollback(ref, 1)
      assert.strictEqual(
        (yield* containers.getDeployment(ref)).spec.template.annotations["example.com/injected"],
        "yes"
      )
      yield* theirs({})
      const after = (yield* containers.getDeployment(ref)).spec.template
      assert.deepStrictEqual(after, deployment("shared", pool).template)
      yield* containers.deleteDeployment(ref)
    })
  )

  it.effect("what somebody else made is a conflict to create and not there for everything else", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const labels = { app: "foreign" }
      yield* applyAs("somebody", path("foreign"), {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "foreign" },
        spec: {
          replicas: 0,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: "main", image: "busybox:1" }] } }
        }
      })
      const tagOf = (error: { readonly reason: { readonly _tag: string } }) => error.reason._tag
      assert.strictEqual(
        tagOf(yield* Effect.flip(containers.createDeployment(deployment("foreign", pool)))),
        "Conflict"
      )
      assert.strictEqual(tagOf(yield* Effect.flip(containers.scaleDeployment({ name: "foreign" }, 2))), "NotFound")
      assert.strictEqual(tagOf(yield* Effect.flip(containers.getDeployment({ name: "foreign" }))), "NotFound")
      yield* containers.deleteDeployment({ name: "foreign" })
      const listed = yield* Stream.runCollect(containers.listDeployments())
      assert.notInclude(
        listed.map((status) => status.spec.name),
        "foreign"
      )
      const client = yield* Client
      yield* client.request({ operation: "test", kind: "deployment", name: "foreign", path: path("foreign") })
      yield* destroyPath(path("foreign"))
    })
  )

  it.effect("a priority that is a bare number gets a class that says it and goes with the deployment [K35]", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const spec = deployment("urgent", pool, { replicas: 1 })
      const template = { ...spec.template, spec: { ...spec.template.spec, priority: 70 } }
      assert.deepStrictEqual((yield* containers.createDeployment({ ...spec, template })).spec.template, template)
      yield* untilAvailable("urgent")
      const pods = yield* Stream.runCollect(containers.pods({ name: "urgent" }))
      assert.deepStrictEqual(
        pods.map((pod) => pod.spec.priority),
        [70]
      )
      const classes = Effect.map(
        Stream.runCollect(
          list<WireObject>({ operation: "test", kind: "priorityclass", name: "", path: priorityClassesPath() })
        ),
        (found) => found.map(({ metadata }) => metadata?.name).filter((name) => name?.endsWith(".default.urgent"))
      )
      assert.deepStrictEqual(yield* classes, ["orrery-priority-70.deployment.default.urgent"])
      yield* containers.updateDeployment(
        { name: "urgent" },
        { template: { ...template, spec: { ...template.spec, priority: 0 } } }
      )
      yield* containers.deleteDeployment({ name: "urgent" })
      assert.deepStrictEqual(yield* classes, [])
    })
  )
})
