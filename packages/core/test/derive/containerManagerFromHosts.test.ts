import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { ContainerManager, containerManagerFromHosts, type Middleware } from "../../src/index.ts"
import { type Counter, faulty } from "./faults.ts"
import { memoryHosts, Rack } from "./MemoryHosts.ts"
import { succeeds, timely } from "./timely.ts"
import { deployment } from "./workloads.ts"

const identity: Middleware = (layer) => layer
type Work<A> = (manager: ContainerManager["Service"]) => Effect.Effect<A, unknown>
const within = <A>(rack: Rack, work: Work<A>, around: Middleware = identity) =>
  Effect.flatMap(ContainerManager, work).pipe(
    Effect.provide(containerManagerFromHosts().pipe(Layer.provide(around(memoryHosts(rack)))))
  )

const web = { name: "web" }
const available = (manager: ContainerManager["Service"]) =>
  Effect.gen(function* () {
    for (let tries = 0; tries < 200; tries++) {
      const status = yield* manager.getDeployment(web)
      if (status.state === "available") return status
      yield* Effect.sleep("2 seconds")
    }
    return yield* Effect.die("it never became available")
  })
const created = (manager: ContainerManager["Service"]) =>
  Effect.andThen(manager.createDeployment(deployment()), available(manager))
const alive = (rack: Rack) => Effect.map(Clock.currentTimeMillis, (nowMs) => rack.alive(nowMs))

describe("deployments on hosts", () => {
  it.effect("twice is once, scale, update, rollback, delete", () =>
    Effect.gen(function* () {
      const rack = new Rack()
      yield* succeeds(within(rack, created))
      const status = yield* succeeds(within(rack, created))
      assert.deepStrictEqual(status.replicas, { desired: 3, total: 3, updated: 3, ready: 3 })
      assert.strictEqual(rack.starts.length, 3)
      yield* succeeds(within(rack, (manager) => Effect.andThen(manager.scaleDeployment(web, 5), available(manager))))
      assert.strictEqual((yield* alive(rack)).length, 5)
      const next = yield* succeeds(
        within(rack, (manager) =>
          Effect.andThen(
            manager.updateDeployment(web, { template: deployment({}, "web:2").template }),
            available(manager)
          )
        )
      )
      assert.deepStrictEqual([next.revision, next.replicas.ready], [2, 5])
      const back = yield* succeeds(
        within(rack, (manager) => Effect.andThen(manager.rollback(web, 1), available(manager)))
      )
      assert.deepStrictEqual([back.revision, back.spec.template.spec.containers[0]?.image], [3, "web:1"])
      yield* succeeds(within(rack, (manager) => manager.deleteDeployment(web)))
      yield* succeeds(within(rack, (manager) => manager.deleteDeployment(web)))
      assert.deepStrictEqual([rack.pods.size, rack.documents.size], [0, 0])
    })
  )
  it.effect("what names no namespace lies in the one that the hosts are given", () =>
    Effect.gen(function* () {
      const rack = new Rack()
      const { namespace: _, ...unplaced } = deployment({ replicas: 0 })
      yield* succeeds(
        Effect.flatMap(ContainerManager, (manager) =>
          Effect.gen(function* () {
            assert.strictEqual((yield* manager.createDeployment(unplaced)).spec.namespace, "team")
            assert.strictEqual((yield* manager.getDeployment({ name: "web", namespace: "team" })).spec.name, "web")
            assert.strictEqual((yield* Stream.runCollect(manager.listDeployments())).length, 1)
            assert.strictEqual((yield* Stream.runCollect(manager.listDeployments("default"))).length, 0)
          })
        ).pipe(Effect.provide(containerManagerFromHosts({ namespace: "team" }).pipe(Layer.provide(memoryHosts(rack)))))
      )
    })
  )
  it.effect("a silent host's pods are unknown, not gone; a host that is gone has its pods started elsewhere", () =>
    Effect.gen(function* () {
      const rack = new Rack()
      yield* succeeds(within(rack, created))
      const { node } = [...rack.pods.values()][0] ?? { node: "" }
      const onIt = [...rack.pods.values()].filter((pod) => pod.node === node).length
      rack.silent.add(node)
      const loop = yield* Effect.forkChild(within(rack, () => Effect.never))
      yield* TestClock.adjust("30 minutes")
      assert.strictEqual(rack.starts.length, 3)
      rack.nodes = rack.nodes.filter(({ name }) => name !== node)
      rack.silent.delete(node)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(rack.starts.length, 3 + onIt)
      assert.strictEqual((yield* alive(rack)).length, 3)
      yield* Fiber.interrupt(loop)
    })
  )
  it.effect("watch tells changes and ends with the deployment; logs and exec reach the pods", () =>
    Effect.gen(function* () {
      const rack = new Rack()
      yield* succeeds(within(rack, created))
      const lines = yield* succeeds(within(rack, (manager) => Stream.runCollect(manager.logs(web))))
      assert.strictEqual(lines.length, 3)
      const result = yield* succeeds(
        within(rack, (manager) => manager.exec({ name: lines[0]?.source ?? "" }, ["uname"]))
      )
      assert.include(result.stdout, "uname")
      const watching = yield* Effect.forkChild(
        within(rack, (manager) => Stream.runCollect(manager.watchDeployment(web)))
      )
      yield* TestClock.adjust("10 seconds")
      yield* succeeds(within(rack, (manager) => manager.deleteDeployment(web)))
      const events = yield* succeeds(Fiber.join(watching))
      assert.strictEqual(events.at(-1)?.type, "Deleted")
      assert.isAtLeast(events.length, 2)
    })
  )
  for (const when of ["before", "after"] as const)
    it.effect(`a crash ${when} every call and a re-run: nothing doubled, nothing left`, () =>
      Effect.gen(function* () {
        const whole: Work<unknown> = (manager) =>
          created(manager).pipe(
            Effect.andThen(manager.scaleDeployment(web, 2)),
            Effect.andThen(available(manager)),
            Effect.andThen(manager.deleteDeployment(web))
          )
        const counter: Counter = { calls: 0 }
        let call = 0
        while (counter.calls >= call++) {
          const rack = new Rack()
          counter.calls = 0
          yield* timely(within(rack, whole, faulty(counter, { crash: { call, when } })))
          yield* succeeds(within(rack, created))
          assert.strictEqual((yield* alive(rack)).length, 3, `call ${call}`)
          yield* succeeds(within(rack, (manager) => manager.deleteDeployment(web)))
          assert.deepStrictEqual([rack.pods.size, rack.documents.size], [0, 0], `call ${call}`)
        }
        assert.isAbove(call, 40)
      })
    )
})
