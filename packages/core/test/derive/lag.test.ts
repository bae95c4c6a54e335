import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { because, ClusterManager, clusterManagerFromMachines, Leftovers, Machines } from "../../src/index.ts"
import { clusterSpec } from "./clusterSpec.ts"
import { Cloud, memoryMachines } from "./MemoryMachines.ts"
import { succeeds } from "./timely.ts"

type Port = Machines["Service"]

/** The manager over a cloud whose port is spoiled. */
const managing = (cloud: Cloud, spoil: (good: Port) => Partial<Port>) => {
  const port = Layer.effect(
    Machines,
    Effect.map(Machines, (good) => ({ ...good, ...spoil(good) }))
  ).pipe(Layer.provide(memoryMachines(cloud)))
  return clusterManagerFromMachines().pipe(Layer.provide(port))
}

describe("lists that lag behind", () => {
  it.effect("hide no machine that this process has seen, from removing it or from deleting its cluster", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      const work = Effect.gen(function* () {
        const manager = yield* ClusterManager
        yield* manager.createCluster(clusterSpec())
        cloud.lagging = []
        yield* manager.nodes.remove("main-2")
        assert.strictEqual(cloud.machines.get("i-2")?.state, "terminating")
        yield* manager.deleteCluster("web")
      })
      yield* succeeds(work.pipe(Effect.provide(managing(cloud, () => ({})))))
      assert.deepStrictEqual(cloud.running("web"), [])
    })
  )
  it.effect("are read again, and the machine ended, where prerequisites say that somebody still holds them", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      const holding = managing(cloud, ({ observe, prerequisites }) => ({
        observe: (cluster) => Effect.tap(observe(cluster), () => Effect.sync(() => void looks++)),
        prerequisites: {
          ...prerequisites,
          remove: (cluster) =>
            Effect.suspend(() => {
              cloud.lagging = undefined
              const items = cloud.running(cluster).map(({ owner }) => owner.machine)
              return items.length === 0
                ? prerequisites.remove(cluster)
                : Effect.fail(because(new Leftovers({ backend: "memory", operation: "prerequisites.remove", items })))
            })
        }
      }))
      let looks = 0
      yield* succeeds(
        ClusterManager.use((manager) => manager.createCluster(clusterSpec())).pipe(Effect.provide(holding))
      )
      cloud.lagging = []
      // another process, which has seen nothing yet
      yield* succeeds(ClusterManager.use((manager) => manager.deleteCluster("web")).pipe(Effect.provide(holding)))
      assert.deepStrictEqual([cloud.running("web"), cloud.goals.size], [[], 0])
      assert.isAbove(looks, 3)
    })
  )
})

describe("nodes.remove", () => {
  it.effect("tried again after its pool could not be filled up ends no second machine", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      let sick = false
      const sickly = managing(cloud, ({ launch }) => ({
        launch: (request) =>
          sick
            ? Effect.andThen(
                launch(request),
                Effect.fail(because(new Leftovers({ backend: "memory", operation: "launch", items: [] })))
              )
            : launch(request)
      }))
      const work = Effect.gen(function* () {
        const manager = yield* ClusterManager
        yield* manager.createCluster(clusterSpec())
        sick = true
        yield* manager.nodes.remove("main-1")
      })
      yield* succeeds(work.pipe(Effect.provide(sickly)))
      const ended = [...cloud.machines.values()].filter(({ goneAtMs }) => goneAtMs !== undefined)
      assert.deepStrictEqual(
        ended.map(({ id }) => id),
        ["i-1"]
      )
    })
  )
})
