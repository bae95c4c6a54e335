import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer } from "effect"
import {
  ClusterManager,
  ContainerManager,
  clusterManagerFromMachines,
  containerManagerFromHosts
} from "../../src/index.ts"
import { clusterSpec } from "./clusterSpec.ts"
import { hostOf, memoryHosts, Rack } from "./MemoryHosts.ts"
import { Cloud, memoryMachines } from "./MemoryMachines.ts"
import { succeeds } from "./timely.ts"
import { deployment } from "./workloads.ts"

const both = (cloud: Cloud, rack: Rack, options = {}) =>
  Layer.mergeAll(clusterManagerFromMachines(options), containerManagerFromHosts()).pipe(
    Layer.provide(Layer.mergeAll(memoryMachines(cloud), memoryHosts(rack)))
  )

const settled = Effect.gen(function* () {
  const clusters = yield* ClusterManager
  const containers = yield* ContainerManager
  yield* clusters.createCluster(clusterSpec())
  yield* containers.createDeployment(deployment())
  yield* Effect.sleep("10 seconds")
  return clusters
})

const rackOfThree = () => {
  const rack = new Rack()
  rack.nodes = ["main-1", "main-2", "main-3"].map((name) => hostOf(name))
  return rack
}

describe("machines that are also hosts", () => {
  it.effect("a drained node is cordoned and empty, and its pods run elsewhere [R39]", () =>
    Effect.gen(function* () {
      const rack = rackOfThree()
      const work = Effect.gen(function* () {
        const clusters = yield* settled
        const [busy] = [...rack.pods.values()]
        yield* clusters.nodes.drain(busy?.node ?? "")
        yield* Effect.sleep("1 minute")
        return [yield* clusters.nodes.get(busy?.node ?? ""), yield* Clock.currentTimeMillis] as const
      }).pipe(Effect.provide(both(new Cloud(), rack)))
      const [node, nowMs] = yield* succeeds(work)
      assert.isFalse(node.schedulable)
      const alive = rack.show(nowMs).filter(({ state }) => state === "ready")
      assert.strictEqual(alive.length, 3)
      assert.isTrue(alive.every((pod) => pod.node !== node.name))
    })
  )
  it.effect("a node that does not say what it runs is not taken to be empty", () =>
    Effect.gen(function* () {
      const rack = rackOfThree()
      const work = Effect.gen(function* () {
        const clusters = yield* settled
        const [busy] = [...rack.pods.values()]
        rack.silent.add(busy?.node ?? "")
        return yield* Effect.flip(clusters.nodes.drain(busy?.node ?? "", { deadlineMs: 30_000 }))
      }).pipe(Effect.provide(both(new Cloud(), rack)))
      const error = yield* succeeds(work)
      assert.strictEqual(error.reason._tag, "Unavailable")
    })
  )
  it.effect("a machine that stays silent is replaced; one that answers again in time is not [R5]", () =>
    Effect.gen(function* () {
      const rack = rackOfThree()
      const cloud = new Cloud()
      const loop = yield* Effect.forkChild(
        Effect.andThen(settled, Effect.never).pipe(Effect.provide(both(cloud, rack, { controlEveryMs: 30_000 })))
      )
      const pass = (ms: number) => succeeds(Effect.sleep(ms))
      yield* pass(120_000)
      rack.silent.add("main-2")
      yield* pass(240_000)
      rack.silent.clear()
      yield* pass(240_000)
      assert.strictEqual(cloud.launches, 3)
      rack.silent.add("main-2")
      yield* pass(480_000)
      assert.strictEqual(cloud.launches, 4)
      assert.isUndefined(cloud.running("web").find(({ id }) => id === "i-2"))
      assert.strictEqual(cloud.running("web").length, 3)
      yield* Fiber.interrupt(loop)
    })
  )
})
