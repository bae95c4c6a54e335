import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import fc from "fast-check"
import { ClusterManager, clusterManagerFromMachines, type Middleware } from "../../src/index.ts"
import { clusterSpec } from "./clusterSpec.ts"
import { type Faults, faulty } from "./faults.ts"
import { Cloud, memoryMachines } from "./MemoryMachines.ts"
import { succeeds, timely } from "./timely.ts"

/** One thing somebody does, and what befalls it. */
const command = fc.record({
  verb: fc.oneof(
    fc.constant({ type: "create" as const }),
    fc.constant({ type: "delete" as const }),
    fc.record({ type: fc.constant("scale" as const), size: fc.integer({ min: 2, max: 6 }) }),
    fc.record({ type: fc.constant("image" as const), image: fc.constantFrom("one", "two") })
  ),
  fault: fc.oneof(
    fc.constant<Faults>({}),
    fc.record({
      crash: fc.record({
        call: fc.integer({ min: 1, max: 30 }),
        when: fc.constantFrom("before" as const, "after" as const)
      })
    }),
    fc.integer({ min: 2, max: 6 }).map((every): Faults => ({ lost: (call) => call % every === 0 }))
  ),
  soldOut: fc.boolean()
})
type Command = typeof command extends fc.Arbitrary<infer A> ? A : never

const spec = clusterSpec({}, { minSize: 2, maxSize: 6 })
const perform = ({ verb }: Command, manager: ClusterManager["Service"]): Effect.Effect<unknown, unknown> => {
  switch (verb.type) {
    case "create":
      return manager.createCluster(spec)
    case "delete":
      return manager.deleteCluster("web")
    case "scale":
      return manager.scalePool("web", "main", verb.size)
    case "image":
      return manager.updateCluster("web", {
        nodePools: clusterSpec({}, { minSize: 2, maxSize: 6, image: verb.image }).nodePools
      })
  }
}

const within = (
  cloud: Cloud,
  around: Middleware,
  use: (manager: ClusterManager["Service"]) => Effect.Effect<unknown, unknown>
) =>
  Effect.flatMap(ClusterManager, use).pipe(
    Effect.provide(clusterManagerFromMachines().pipe(Layer.provide(around(memoryMachines(cloud)))))
  )

const holds = (commands: ReadonlyArray<Command>) =>
  Effect.gen(function* () {
    const cloud = new Cloud()
    for (const one of commands) {
      cloud.soldOut.clear()
      if (one.soldOut) cloud.soldOut.add("m5.large")
      yield* timely(within(cloud, faulty({ calls: 0 }, one.fault), (manager) => perform(one, manager)))
      // Surge is one: whatever went wrong, never more machines than that, and never two of one name.
      const running = cloud.running("web")
      assert.isAtMost(running.length, 7)
      assert.strictEqual(new Set(running.map(({ owner }) => owner.machine)).size, running.length)
      if (running.length > 0) assert.isTrue(cloud.goals.has("web"), "machines without a goal")
    }
    cloud.soldOut.clear()
    const whole: Middleware = (layer) => layer
    yield* succeeds(within(cloud, whole, (manager) => manager.createCluster(spec)))
    const size = cloud.goals.get("web")?.goal.sizes.main ?? 2
    assert.strictEqual(cloud.running("web").length, size)
    yield* succeeds(within(cloud, whole, (manager) => manager.deleteCluster("web")))
    assert.deepStrictEqual([cloud.running("web").length, cloud.goals.size, cloud.networks.size], [0, 0, 0])
  })

it.effect(
  "whatever is asked in whatever order, and wherever it is cut off: it converges and leaves nothing",
  () =>
    Effect.gen(function* () {
      const histories = fc.sample(fc.array(command, { minLength: 1, maxLength: 6 }), { numRuns: 150, seed: 42 })
      for (const history of histories)
        yield* holds(history).pipe(Effect.tapCause(() => Effect.logError(fc.stringify(history))))
    }),
  30_000
)
