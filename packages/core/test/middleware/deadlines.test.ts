import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Stream } from "effect"
import { because, ClusterManager, type Machine, Machines, retry, TimedOut } from "../../src/index.ts"
import { everything } from "../derive/MemoryMachines.ts"
import { timely } from "../derive/timely.ts"

const late = (operation: string) =>
  because(new TimedOut({ backend: "toy", operation, detail: "an answer", afterMs: 30_000 }))
const notCalled = () => Effect.die("only one method is called")

/** Fails once, and then succeeds. */
const lateOnce = (operation: string) => {
  let calls = 0
  return Effect.suspend(() => (calls++ === 0 ? Effect.fail(late(operation)) : Effect.void))
}

const drained = (operation: string) => {
  const drain = lateOnce(operation)
  const toy = Layer.mock(ClusterManager, {
    backend: "toy",
    capabilities: everything,
    nodes: {
      list: () => Stream.empty,
      get: notCalled,
      cordon: notCalled,
      uncordon: notCalled,
      drain: () => drain,
      repair: notCalled,
      remove: notCalled
    }
  })
  return ClusterManager.use(({ nodes }) => nodes.drain("a")).pipe(Effect.provide(retry()(toy)), timely)
}

describe("what takes too long", () => {
  it.effect("is not asked again where it is the call's own deadline", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* drained("drain"), Exit.fail(late("drain")))
    })
  )

  it.effect("is asked again where it is one request within a call that has a deadline", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* drained("Machines.offerings"), Exit.succeed(undefined))
    })
  )

  it.effect("is asked again where a call of that name of another service has a deadline", () =>
    Effect.gen(function* () {
      const owner = { cluster: "it", pool: "main", machine: "main-1", template: "" }
      const kind = { instanceType: "m5.large", market: "on-demand" } as const
      const request = {
        token: "1",
        owner,
        ...kind,
        network: { subnets: [], securityGroups: [] },
        labels: {},
        taints: []
      }
      const made: Machine = { id: "1", owner, ...kind, state: "pending", zone: "a", launchedAtMs: 0, cordoned: false }
      const launched = Effect.as(lateOnce("launch"), made)
      const toy = Layer.mock(Machines, {
        backend: "toy",
        capabilities: everything,
        launch: () => launched,
        goals: { list: notCalled(), read: notCalled, write: notCalled, remove: notCalled },
        prerequisites: { ensure: notCalled, remove: notCalled }
      })
      const asked = Machines.use(({ launch }) => launch(request)).pipe(Effect.provide(retry()(toy)))
      assert.deepStrictEqual(yield* timely(asked), Exit.succeed(made))
    })
  )
})
