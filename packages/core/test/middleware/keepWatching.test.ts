import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Layer, Stream } from "effect"
import {
  because,
  type Cluster,
  type ClusterEvent,
  ClusterManager,
  type ComputeError,
  type JobEvent,
  type JobState,
  keepWatching,
  type Node,
  type NodeOperations,
  NotFound,
  Scheduler,
  Unauthenticated,
  Unavailable
} from "../../src/index.ts"
import { clusterSpec } from "../derive/clusterSpec.ts"
import { everything } from "../derive/MemoryMachines.ts"
import { timely } from "../derive/timely.ts"
import { job } from "../derive/workloads.ts"

const at = { backend: "toy", operation: "watch" }
const broken = because(new Unavailable({ ...at, detail: "it broke" }))
const notFound = because(new NotFound({ ...at, kind: "thing", name: "it" }))

type Watch<Event> = Stream.Stream<Event, ComputeError>

const inState = (state: JobState): JobEvent => ({
  atMs: 0,
  job: {
    id: "it",
    spec: { ...job(), namespace: "default" },
    state,
    submittedAtMs: 0,
    tasks: { waiting: 0, running: 0, succeeded: 0, failed: 0 },
    attempts: []
  }
})
const waiting = inState("waiting")
const running = inState("running")
const succeeded = inState("succeeded")

/** Opens one of these watches after the other, and the last of them ever again; `opened` gets when. */
const inTurn = <Event>(watches: ReadonlyArray<Watch<Event>>, opened: Array<number> = []): Watch<Event> =>
  Stream.unwrap(
    Effect.map(Clock.currentTimeMillis, (nowMs) => {
      opened.push(nowMs)
      return watches[Math.min(opened.length, watches.length) - 1] ?? Stream.empty
    })
  )

const statesTold = (watches: ReadonlyArray<Watch<JobEvent>>, opened: Array<number> = []) => {
  const toy = Layer.mock(Scheduler, {
    backend: "toy",
    capabilities: everything,
    watch: () => inTurn(watches, opened)
  })
  return Scheduler.use(({ watch }) =>
    Effect.map(Stream.runCollect(watch({ name: "it" })), (events) => events.map((event) => event.job.state))
  ).pipe(Effect.provide(keepWatching()(toy)), timely)
}

describe("a watch of a job that is kept", () => {
  const cuts: Readonly<Record<string, Watch<JobEvent>>> = {
    breaks: Stream.concat(Stream.make(waiting), Stream.fail(broken)),
    "ends too early": Stream.make(waiting),
    "says nothing any more": Stream.concat(Stream.make(waiting), Stream.never)
  }
  for (const [how, cut] of Object.entries(cuts))
    it.effect(`goes on where one ${how}, and tells each state once`, () =>
      Effect.gen(function* () {
        const told = yield* statesTold([cut, Stream.make(waiting, running, running, succeeded)])
        assert.deepStrictEqual(told, Exit.succeed(["waiting", "running", "succeeded"]))
      })
    )

  it.effect("ends with the job, also where the backend goes on, and where the job is removed meanwhile", () =>
    Effect.gen(function* () {
      const endless = Stream.concat(Stream.make(running, succeeded), Stream.never)
      assert.deepStrictEqual(yield* statesTold([endless]), Exit.succeed(["running", "succeeded"]))
      assert.deepStrictEqual(
        yield* statesTold([Stream.make(running), Stream.fail(notFound)]),
        Exit.succeed(["running"])
      )
    })
  )

  it.effect("fails at once with what cannot be watched, and with what no second try helps", () =>
    Effect.gen(function* () {
      const refused = because(new Unauthenticated({ ...at, detail: "old" }))
      for (const [watches, failure] of [
        [[Stream.fail(notFound)], notFound],
        [[Stream.make(waiting), Stream.fail(refused)], refused]
      ] as const)
        assert.deepStrictEqual(yield* statesTold(watches), Exit.fail(failure))
    })
  )

  it.effect("is opened ever more slowly where each one breaks, and fails in the end", () =>
    Effect.gen(function* () {
      const opened: Array<number> = []
      const told = yield* statesTold([Stream.make(waiting), Stream.fail(broken)], opened)
      assert.deepStrictEqual(told, Exit.fail(broken))
      assert.strictEqual(opened.length, 21)
      assert.isAbove((opened[20] ?? 0) - (opened[0] ?? 0), 200_000)
    })
  )

  it.effect("that is run again begins anew", () =>
    Effect.gen(function* () {
      const toy = Layer.mock(Scheduler, {
        backend: "toy",
        capabilities: everything,
        watch: () => Stream.make(running, succeeded)
      })
      const { watch } = yield* Effect.provide(Scheduler, keepWatching()(toy))
      const one = watch({ name: "it" })
      for (const run of [one, one]) assert.lengthOf(yield* Stream.runCollect(run), 2)
    })
  )
})

const nodeOf = (id: string, state: Node["state"] = "ready"): Node => ({
  name: id,
  id,
  cluster: "it",
  pool: "main",
  state,
  schedulable: true,
  instanceType: "m5.large",
  zone: "a",
  market: "on-demand",
  labels: {},
  taints: [],
  capacity: { cpuMilli: 1_000, memoryBytes: 2 ** 30, gpuMilli: 0 },
  microUsdPerHour: 0,
  createdAtMs: 0
})
const added = (id: string, state?: Node["state"]): ClusterEvent => ({
  type: "NodeAdded",
  atMs: 0,
  node: nodeOf(id, state)
})

const notCalled = () => Effect.die("a watch has no business with single nodes")
const nodes: NodeOperations = {
  list: () => Stream.empty,
  get: notCalled,
  cordon: notCalled,
  uncordon: notCalled,
  drain: notCalled,
  repair: notCalled,
  remove: notCalled
}

describe("a watch of a cluster that is kept", () => {
  const told = (watches: ReadonlyArray<Watch<ClusterEvent>>, look: Effect.Effect<Cluster, ComputeError>) => {
    const toy = Layer.mock(ClusterManager, {
      backend: "toy",
      capabilities: everything,
      nodes,
      getCluster: () => look,
      watchCluster: () => inTurn(watches)
    })
    return ClusterManager.use(({ watchCluster }) =>
      Effect.map(Stream.runCollect(watchCluster("it")), (events) =>
        events.map((event) => ("node" in event ? `${event.type} ${event.node.id}` : event.type))
      )
    ).pipe(Effect.provide(keepWatching()(toy)), timely)
  }
  const deleted: ClusterEvent = { type: "ClusterDeleted", atMs: 0, cluster: "it" }

  it.effect("tells of nodes that came, changed and went while nobody watched", () =>
    Effect.gen(function* () {
      const look = Effect.succeed<Cluster>({ name: "it", spec: clusterSpec(), state: "ready", nodes: [nodeOf("b")] })
      const events = yield* told(
        [
          Stream.concat(Stream.make(added("a"), added("b", "booting")), Stream.fail(broken)),
          Stream.make(added("b"), added("c"), deleted)
        ],
        look
      )
      assert.deepStrictEqual(
        events,
        Exit.succeed(["NodeAdded a", "NodeAdded b", "NodeRemoved a", "NodeReady b", "NodeAdded c", "ClusterDeleted"])
      )
    })
  )

  it.effect("tells the end of a cluster that went while nobody watched", () =>
    Effect.gen(function* () {
      const events = yield* told([Stream.make(added("a"))], Effect.fail(notFound))
      assert.deepStrictEqual(events, Exit.succeed(["NodeAdded a", "NodeRemoved a", "ClusterDeleted"]))
    })
  )
})
