import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { ClusterManager, clusterManagerFromMachines, type FleetOptions, type Middleware } from "../../src/index.ts"
import { clusterSpec } from "./clusterSpec.ts"
import { type Counter, type Faults, faulty } from "./faults.ts"
import { Cloud, memoryMachines } from "./MemoryMachines.ts"
import { succeeds, timely } from "./timely.ts"

const identity: Middleware = (layer) => layer
const managerOf = (cloud: Cloud, options: FleetOptions = {}, around: Middleware = identity) =>
  clusterManagerFromMachines(options).pipe(Layer.provide(around(memoryMachines(cloud))))

const withManager = <A, E>(
  cloud: Cloud,
  use: (manager: ClusterManager["Service"]) => Effect.Effect<A, E>,
  options: FleetOptions = {}
) => Effect.flatMap(ClusterManager, use).pipe(Effect.provide(managerOf(cloud, options)))

const names = (cloud: Cloud) =>
  cloud
    .running("web")
    .map(({ owner }) => owner.machine)
    .toSorted()

describe("createCluster", () => {
  it.effect("createCluster twice is once [R36]", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      const spec = clusterSpec()
      const first = yield* succeeds(withManager(cloud, (manager) => manager.createCluster(spec)))
      const writes = cloud.writes
      const second = yield* succeeds(withManager(cloud, (manager) => manager.createCluster(spec)))
      assert.strictEqual(first.state, "ready")
      assert.deepStrictEqual(second.nodes, first.nodes)
      assert.deepStrictEqual([cloud.launches, cloud.writes], [3, writes])
      assert.deepStrictEqual(names(cloud), ["main-1", "main-2", "main-3"])
    })
  )
  it.effect("takes the next machine type where the first is sold out, and says so where all are [R16]", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      cloud.soldOut.add("m5.large")
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(clusterSpec())))
      assert.isTrue(cloud.running("web").every(({ instanceType }) => instanceType === "m5.xlarge"))
      cloud.soldOut.add("m5.xlarge")
      const error = yield* succeeds(
        withManager(cloud, (manager) => Effect.flip(manager.createCluster(clusterSpec({}, { minSize: 5 }))))
      )
      assert.strictEqual(error.reason._tag, "CapacityExhausted")
      assert.strictEqual(cloud.running("web").length, 3)
    })
  )
  it.effect(
    "an instance type that nobody offers is told with its place and what was meant, and nothing is stored",
    () =>
      Effect.gen(function* () {
        const cloud = new Cloud()
        const bad = clusterSpec({}, { instanceTypes: ["m5.large", "m5.xlrage", "quantum"] })
        const { reason } = yield* succeeds(withManager(cloud, (manager) => Effect.flip(manager.createCluster(bad))))
        assert.deepStrictEqual(reason._tag === "InvalidInput" ? reason.problems : reason._tag, [
          {
            path: "nodePools.0.instanceTypes.1",
            message: "nobody offers m5.xlrage",
            remedy: "did you mean m5.xlarge?"
          },
          {
            path: "nodePools.0.instanceTypes.2",
            message: "nobody offers quantum",
            remedy: "name an instance type that is offered in this region"
          }
        ])
        assert.deepStrictEqual([cloud.writes, cloud.launches], [0, 0])
      })
  )
  it.effect("an instance type that was withdrawn since does not keep its cluster from other changes", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(clusterSpec())))
      cloud.offerings = cloud.offerings.slice(0, 1)
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(clusterSpec({}, { minSize: 4 }))))
      assert.strictEqual(cloud.running("web").length, 4)
    })
  )
  it.effect("a new machine under an old name steps over the ended ones", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      const spec = clusterSpec()
      for (let life = 0; life < 3; life++) {
        yield* succeeds(withManager(cloud, (manager) => manager.createCluster(spec)))
        for (const { id } of cloud.running("web"))
          Object.assign(cloud.machines.get(id) ?? {}, { state: "terminated", goneAtMs: 0 })
        if (life === 1) for (const id of cloud.machines.keys()) cloud.forgotten.add(id)
      }
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(spec)))
      assert.strictEqual(cloud.launches, 12)
      assert.strictEqual(cloud.running("web").length, 3)
    })
  )
})

describe("changes", () => {
  it.effect("an update replaces machines within maxSurge and maxUnavailable [R37 R38]", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(clusterSpec())))
      const pools = clusterSpec({}, { image: "ami-2" }).nodePools
      let most = 0
      let least = Number.POSITIVE_INFINITY
      const watched = yield* Effect.forkChild(
        withManager(cloud, (manager) => manager.updateCluster("web", { nodePools: pools }))
      )
      for (let waited = 0; waited < 500 && watched.pollUnsafe() === undefined; waited++) {
        yield* TestClock.adjust("5 seconds")
        const running = cloud.running("web")
        most = Math.max(most, running.length)
        least = Math.min(least, running.filter(({ state }) => state === "running").length)
      }
      const cluster = yield* Fiber.join(watched)
      assert.strictEqual(cluster.state, "ready")
      assert.strictEqual(new Set(cluster.nodes.map(({ template }) => template)).size, 1)
      assert.strictEqual(cloud.launches, 6)
      assert.isAtMost(most, 4)
      assert.isAtLeast(least, 2)
    })
  )
  it.effect("scalePool stays within the pool's bounds", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(clusterSpec())))
      const bigger = yield* succeeds(withManager(cloud, (manager) => manager.scalePool("web", "main", 5)))
      assert.strictEqual(bigger.nodes.length, 5)
      const smaller = yield* succeeds(withManager(cloud, (manager) => manager.scalePool("web", "main", 3)))
      assert.strictEqual(smaller.nodes.length, 3)
      const error = yield* succeeds(withManager(cloud, (manager) => Effect.flip(manager.scalePool("web", "main", 11))))
      assert.strictEqual(error.reason._tag, "InvalidInput")
    })
  )
  it.effect("deleteCluster removes what is the cluster's and nothing else, and is done when it is gone", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(clusterSpec())))
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(clusterSpec({ name: "other" }))))
      for (let times = 0; times < 2; times++)
        yield* succeeds(withManager(cloud, (manager) => manager.deleteCluster("web")))
      assert.deepStrictEqual([cloud.running("web").length, cloud.running("other").length], [0, 3])
      assert.deepStrictEqual([[...cloud.goals.keys()], [...cloud.networks]], [["other"], ["other"]])
    })
  )
  it.effect("plan changes nothing and says what createCluster would do", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      const plan = yield* withManager(cloud, (manager) => manager.plan(clusterSpec()))
      assert.deepStrictEqual(
        plan.steps.map(({ step }) => step.type),
        ["createNetwork", "launch", "launch", "launch"]
      )
      assert.strictEqual(plan.deltaMicroUsdPerHour, 300)
      assert.deepStrictEqual([cloud.launches, cloud.writes, cloud.networks.size], [0, 0, 0])
    })
  )
  it.effect("a removed node is replaced, and removing it again is no error", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(clusterSpec())))
      yield* succeeds(withManager(cloud, (manager) => manager.nodes.remove("main-2")))
      assert.strictEqual(cloud.running("web").length, 3)
      yield* succeeds(withManager(cloud, (manager) => manager.nodes.remove("main-99")))
      assert.strictEqual(cloud.launches, 4)
    })
  )
})

describe("watchCluster", () => {
  it.effect("tells what is there, every change, and ends with the cluster", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(clusterSpec())))
      const watching = yield* Effect.forkChild(
        withManager(cloud, (manager) => Stream.runCollect(manager.watchCluster("web")))
      )
      yield* TestClock.adjust("10 seconds")
      yield* succeeds(withManager(cloud, (manager) => manager.scalePool("web", "main", 4)))
      yield* succeeds(withManager(cloud, (manager) => manager.deleteCluster("web")))
      const events = yield* succeeds(Fiber.join(watching))
      const count = (type: string) => events.filter((event) => event.type === type).length
      assert.deepStrictEqual([count("NodeAdded"), count("NodeReady"), count("NodeRemoved")], [4, 1, 4])
      assert.strictEqual(events.at(-1)?.type, "ClusterDeleted")
    })
  )
})

describe("control loop", () => {
  it.effect("renews leases while the process lives; another one sweeps what was given up", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      const spec = clusterSpec({ leaseMs: "10m" })
      const owner = yield* Effect.forkChild(
        withManager(cloud, (manager) => Effect.andThen(manager.createCluster(spec), Effect.never), {
          controlEveryMs: 30_000
        })
      )
      const sweeper = yield* Effect.forkChild(withManager(cloud, () => Effect.never, { controlEveryMs: 30_000 }))
      for (let minute = 0; minute < 120; minute++) yield* TestClock.adjust("30 seconds")
      assert.strictEqual(cloud.running("web").length, 3)
      yield* Fiber.interrupt(owner)
      for (let minute = 0; minute < 60; minute++) yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual([cloud.running("web").length, cloud.goals.size], [0, 0])
      yield* Fiber.interrupt(sweeper)
    })
  )
  it.effect("replaces a machine that the cloud takes away [R5]", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(clusterSpec())))
      Object.assign(cloud.machines.get("i-2") ?? {}, { reclaimAtMs: 1 })
      const loop = yield* Effect.forkChild(withManager(cloud, () => Effect.never, { controlEveryMs: 30_000 }))
      for (let minute = 0; minute < 20; minute++) yield* TestClock.adjust("30 seconds")
      assert.strictEqual(cloud.running("web").length, 3)
      assert.isUndefined(cloud.running("web").find(({ id }) => id === "i-2"))
      yield* Fiber.interrupt(loop)
    })
  )
})

type Work = (manager: ClusterManager["Service"]) => Effect.Effect<unknown, unknown>
const update: Work = (manager) =>
  manager.updateCluster("web", { nodePools: clusterSpec({}, { image: "ami-2", minSize: 4 }).nodePools })

/** Does the work under faults, then again without, and gives how many calls the faulty run made. */
const disturbed = (cloud: Cloud, work: Work, faults: Faults) =>
  Effect.gen(function* () {
    const counter: Counter = { calls: 0 }
    const run = (around: Middleware) =>
      timely(Effect.scoped(Effect.flatMap(ClusterManager, work).pipe(Effect.provide(managerOf(cloud, {}, around)))))
    yield* run(faulty(counter, faults))
    const again = yield* run(identity)
    assert.isTrue(Exit.isSuccess(again), String(again))
    return counter.calls
  })

describe("faults", () => {
  const cases: ReadonlyArray<{ readonly name: string; readonly before: Work | undefined; readonly work: Work }> = [
    { name: "create", before: undefined, work: (manager) => manager.createCluster(clusterSpec()) },
    { name: "update", before: (manager) => manager.createCluster(clusterSpec()), work: update },
    {
      name: "delete",
      before: (manager) => manager.createCluster(clusterSpec()),
      work: (manager) => manager.deleteCluster("web")
    }
  ]
  for (const { before, name, work } of cases)
    for (const when of ["before", "after"] as const)
      it.effect(`a crash ${when} every call of ${name} and a re-run: nothing doubled, nothing left`, () =>
        Effect.gen(function* () {
          let calls = 0
          for (let call = 1; call === 1 || call <= calls; call++) {
            const cloud = new Cloud()
            if (before !== undefined) yield* succeeds(withManager(cloud, before))
            calls = Math.max(calls, yield* disturbed(cloud, work, { crash: { call, when } }))
            if (call === 1) calls = Math.max(calls, yield* countCalls(before, work))
            assertConverged(cloud, name)
          }
          assert.isAbove(calls, 5)
        })
      )
  it.effect("lost answers: whichever call's answer is lost, a re-run converges", () =>
    Effect.gen(function* () {
      for (const every of [2, 3, 5, 7]) {
        const cloud = new Cloud()
        yield* disturbed(cloud, (manager) => manager.createCluster(clusterSpec()), {
          lost: (call) => call % every === 0
        })
        assertConverged(cloud, "create")
      }
    })
  )
  it.effect("a read that lags behind never doubles and never removes", () =>
    Effect.gen(function* () {
      const cloud = new Cloud()
      cloud.lagging = []
      yield* timely(withManager(cloud, (manager) => manager.createCluster(clusterSpec()), { convergeMsMax: 60_000 }))
      assert.strictEqual(cloud.launches, 3)
      cloud.lagging = undefined
      yield* succeeds(withManager(cloud, (manager) => manager.createCluster(clusterSpec())))
      assertConverged(cloud, "create")
    })
  )
})

const countCalls = (before: Work | undefined, work: Work) =>
  Effect.gen(function* () {
    const cloud = new Cloud()
    if (before !== undefined) yield* succeeds(withManager(cloud, before))
    return yield* disturbed(cloud, work, {})
  })

const assertConverged = (cloud: Cloud, name: string) => {
  const wanted = { create: [3, 3], update: [4, 7], delete: [0, 3] }[name] ?? []
  assert.deepStrictEqual([cloud.running("web").length, cloud.launches], wanted)
  assert.strictEqual(new Set(names(cloud)).size, wanted[0])
  if (name === "delete") assert.deepStrictEqual([cloud.goals.size, cloud.networks.size], [0, 0])
}
