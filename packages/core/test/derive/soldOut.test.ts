import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import {
  because,
  CapacityExhausted,
  ClusterManager,
  clusterManagerFromMachines,
  type LaunchRequest,
  Machines
} from "../../src/index.ts"
import { clusterSpec } from "./clusterSpec.ts"
import { Cloud, memoryMachines, offeringOf } from "./MemoryMachines.ts"
import { succeeds } from "./timely.ts"

const zones = ["a", "b", "c"]
const placeOf = ({ instanceType, zone }: LaunchRequest) => `${instanceType} in ${zone}`

/** A cloud of three zones, in some of which some types cannot be had; notes what was asked of it. */
class Zones {
  readonly cloud = new Cloud()
  readonly asked: Array<string> = []
  readonly soldOut = new Set<string>()

  constructor() {
    this.cloud.offerings = zones.flatMap((zone) => [
      offeringOf("m5.large", zone, 100),
      offeringOf("m5.xlarge", zone, 200)
    ])
  }

  manager() {
    const port = Layer.effect(
      Machines,
      Effect.map(Machines, (good) => ({
        ...good,
        launch: (request: LaunchRequest) => {
          this.asked.push(placeOf(request))
          return this.soldOut.has(placeOf(request))
            ? because(new CapacityExhausted({ backend: "memory", operation: "launch", offering: placeOf(request) }))
            : good.launch(request)
        }
      }))
    ).pipe(Layer.provide(memoryMachines(this.cloud)))
    return clusterManagerFromMachines().pipe(Layer.provide(port))
  }

  /** How many machines there are in each zone. */
  get counts(): ReadonlyArray<number> {
    return zones.map((zone) => this.cloud.running("web").filter((machine) => machine.zone === zone).length)
  }
}

const eight = clusterSpec({}, { minSize: 8 })
const create = ClusterManager.use((manager) => manager.createCluster(eight))

describe("zones", () => {
  it.effect("get a pool's machines evenly when it is made, grows, shrinks and is repaired", () =>
    Effect.gen(function* () {
      const world = new Zones()
      const work = Effect.gen(function* () {
        const manager = yield* ClusterManager
        yield* create
        assert.deepStrictEqual(world.counts, [3, 3, 2])
        yield* manager.scalePool("web", "main", 10)
        assert.deepStrictEqual(world.counts, [4, 3, 3])
        yield* manager.updateCluster("web", { nodePools: clusterSpec({}, { minSize: 6 }).nodePools })
        yield* manager.scalePool("web", "main", 6)
        assert.deepStrictEqual(world.counts, [2, 2, 2])
        yield* manager.nodes.repair("main-2")
        assert.deepStrictEqual(world.counts, [2, 2, 2])
      })
      yield* succeeds(work.pipe(Effect.provide(world.manager())))
    })
  )

  it.effect(
    "that are sold out are filled up from the others evenly, also while all machines are launched at once",
    () =>
      Effect.gen(function* () {
        const world = new Zones()
        world.soldOut.add("m5.large in a")
        yield* succeeds(create.pipe(Effect.provide(world.manager())))
        assert.deepStrictEqual(world.counts, [0, 4, 4])
      })
  )
})

describe("what is sold out", () => {
  it.effect("is not asked for again before some minutes have passed", () =>
    Effect.gen(function* () {
      const world = new Zones()
      for (const zone of zones) world.soldOut.add(`m5.large in ${zone}`)
      const work = Effect.gen(function* () {
        const manager = yield* ClusterManager
        yield* create
        const before = world.asked.length
        yield* manager.scalePool("web", "main", 9)
        assert.deepStrictEqual(world.asked.slice(before), ["m5.xlarge in c"])
        yield* Effect.sleep("4 minutes")
        world.soldOut.clear()
        yield* manager.scalePool("web", "main", 10)
        assert.strictEqual(world.asked.at(-1), "m5.large in a")
      })
      yield* succeeds(work.pipe(Effect.provide(world.manager())))
    })
  )

  it.effect("is told by name, all that was tried, where nothing can be had", () =>
    Effect.gen(function* () {
      const world = new Zones()
      const all = zones.flatMap((zone) => [`m5.large in ${zone}`, `m5.xlarge in ${zone}`]).toSorted()
      for (const place of all) world.soldOut.add(place)
      const one = clusterSpec({}, { minSize: 1 })
      const failure = yield* succeeds(
        ClusterManager.use((manager) => Effect.flip(manager.createCluster(one))).pipe(Effect.provide(world.manager()))
      )
      assert.strictEqual(failure.message, `memory: launch: the backend has no ${all.join(", ")} left`)
    })
  )
})
