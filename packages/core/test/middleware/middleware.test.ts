import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Effect, Layer, Random, Stream, Tracer } from "effect"
import {
  absent,
  because,
  type Capabilities,
  type ComputeError,
  guard,
  type Job,
  Leftovers,
  limit,
  type Middleware,
  makeRetryBudget,
  observe,
  production,
  record,
  replay,
  retry,
  Scheduler,
  Throttled,
  Unavailable
} from "../../src/index.ts"
import { everything } from "../derive/MemoryMachines.ts"
import { succeeds as timely } from "../derive/timely.ts"
import { job } from "../derive/workloads.ts"

const status = (spec: Job) => ({
  id: spec.name,
  spec: { ...spec, namespace: "default" },
  state: "waiting" as const,
  submittedAtMs: 0,
  tasks: { waiting: 1, running: 0, succeeded: 0, failed: 0 },
  attempts: []
})
const gone = because(new Unavailable({ backend: "toy", operation: "x", detail: "down" }))

/** A scheduler whose calls fail as its list of failures says, one entry a call. */
const toy = (failures: Array<ComputeError | undefined>, calls: Array<number> = [], capabilities = everything) => {
  const answer = <A>(value: A) =>
    Effect.flatMap(Clock.currentTimeMillis, (nowMs) => {
      calls.push(nowMs)
      const failure = failures.shift()
      return failure === undefined ? Effect.succeed(value) : Effect.fail(failure)
    })
  return Layer.succeed(Scheduler, {
    backend: "toy",
    capabilities,
    submit: (spec) => answer(status(spec)),
    get: () => answer(status(job())),
    list: () => Stream.fromIterableEffect(answer([status(job()), status(job({ name: "next" }))])),
    cancel: () => answer(undefined),
    hold: () => answer(undefined),
    release: () => answer(undefined),
    remove: () => answer(undefined),
    logs: () =>
      Stream.concat(Stream.make({ source: "a", text: "1" }), Stream.fromEffect(answer({ source: "a", text: "2" }))),
    watch: () => Stream.empty,
    why: () => answer({ summary: "", refusals: [] }),
    capacity: answer({ nodes: [] })
  })
}
interface Named {
  readonly backend: string
  readonly capabilities: Capabilities
}
type Use<A, E> = (scheduler: Scheduler["Service"]) => Effect.Effect<A, E>
const through = <A, E>(layer: Layer.Layer<Scheduler>, around: Middleware, use: Use<A, E>) =>
  Effect.flatMap(Scheduler, use).pipe(Effect.provide(around(layer)))
describe("retry", () => {
  it.effect("tries again what may work later, at whole milliseconds, the same way for the same seed", () =>
    Effect.gen(function* () {
      const once = Effect.gen(function* () {
        const calls: Array<number> = []
        const beganAtMs = yield* Clock.currentTimeMillis
        yield* timely(
          through(toy([gone, gone, gone], calls), retry(), (it) => it.capacity).pipe(Random.withSeed("seed"))
        )
        return calls.map((atMs) => atMs - beganAtMs)
      })
      const first = yield* once
      assert.strictEqual(first.length, 4)
      assert.isTrue(first.every(Number.isInteger))
      assert.deepStrictEqual(yield* once, first)
    })
  )
  it.effect("runs no command twice, and does not ask again for what its caller must free first", () =>
    Effect.gen(function* () {
      class Port extends Context.Service<
        Port,
        Named & {
          readonly exec: Effect.Effect<void, ComputeError>
          readonly prerequisites: { readonly remove: Effect.Effect<void, ComputeError> }
        }
      >()("@orrery/core/Port") {}
      let calls = 0
      const failing = (error: ComputeError) =>
        Effect.andThen(
          Effect.sync(() => void calls++),
          Effect.fail(error)
        )
      const held = because(new Leftovers({ backend: "toy", operation: "x", items: ["machine main-1"] }))
      const layer = Layer.succeed(Port, {
        backend: "toy",
        capabilities: everything,
        exec: failing(gone),
        prerequisites: { remove: failing(held) }
      })
      const port = Port.pipe(Effect.provide(retry()(layer)))
      assert.strictEqual(
        (yield* timely(Effect.flip(Effect.flatMap(port, ({ exec }) => exec)))).reason._tag,
        "Unavailable"
      )
      const removed = Effect.flatMap(port, ({ prerequisites }) => prerequisites.remove)
      assert.strictEqual((yield* timely(Effect.flip(removed))).reason._tag, "Leftovers")
      assert.strictEqual(calls, 2)
    })
  )
  it.effect("waits as long as the backend asks", () =>
    Effect.gen(function* () {
      const calls: Array<number> = []
      const slow = because(new Throttled({ backend: "toy", operation: "x", retryAfterMs: 42_000 }))
      yield* timely(through(toy([slow], calls), retry(), (it) => it.capacity))
      assert.isAtLeast((calls[1] ?? 0) - (calls[0] ?? 0), 42_000)
    })
  )
  it.effect("ends as Exhausted, which an outer retry leaves alone", () =>
    Effect.gen(function* () {
      const calls: Array<number> = []
      const layer = toy(
        Array.from({ length: 100 }, () => gone),
        calls
      )
      const error = yield* timely(
        Effect.flip(
          through(
            layer,
            (it) => it.pipe(retry({ attemptsMax: 3 }), retry()),
            (it) => it.capacity
          )
        )
      )
      assert.deepStrictEqual([error.reason._tag, error.retry, calls.length], ["Exhausted", "exhausted", 3])
    })
  )
  it.effect("one budget for all calls: once it is used up, nobody tries again", () =>
    Effect.gen(function* () {
      const calls: Array<number> = []
      const layer = toy(
        Array.from({ length: 1_000 }, () => gone),
        calls
      )
      const budget = makeRetryBudget({ retriesMax: 5, retriesPerSecond: 0 })
      const work = through(layer, retry({ budget }), (it) =>
        Effect.forEach(Array.from({ length: 20 }), () => Effect.flip(it.capacity), { concurrency: "unbounded" })
      )
      const errors = yield* timely(work)
      assert.isTrue(errors.every(({ reason }) => reason._tag === "Exhausted"))
      assert.strictEqual(calls.length, 25)
    })
  )
  it.effect("a list that fails before its first element is begun again; one that has given something is not", () =>
    Effect.gen(function* () {
      const listed = yield* timely(through(toy([gone]), retry(), (it) => Stream.runCollect(it.list())))
      assert.strictEqual(listed.length, 2)
      const error = yield* timely(
        Effect.flip(through(toy([gone]), retry(), (it) => Stream.runCollect(it.logs({ name: "x" }))))
      )
      assert.strictEqual(error.reason._tag, "Unavailable")
    })
  )
})

describe("guard", () => {
  it.effect("a declared gap is refused and the provider is not reached", () =>
    Effect.gen(function* () {
      const calls: Array<number> = []
      const layer = toy([], calls, { ...everything, jobArrays: absent("one task a job") })
      const error = yield* Effect.flip(through(layer, guard(), (it) => it.submit(job({ completions: 2 }))))
      assert.strictEqual(error.reason._tag, "Unsupported")
      assert.strictEqual(error.message, "toy: submit: toy does not offer jobArrays: one task a job")
      assert.strictEqual(calls.length, 0)
      yield* through(layer, guard(), (it) => it.submit(job()))
      assert.strictEqual(calls.length, 1)
    })
  )
  it.effect("bad input gets every problem at once", () =>
    Effect.gen(function* () {
      const calls: Array<number> = []
      const bad = { ...job(), name: "Bad Name", completions: 0, parallelism: -1, surprise: 1 }
      const error = yield* Effect.flip(through(toy([], calls), guard(), (it) => it.submit(bad)))
      const { reason } = error
      assert(reason._tag === "InvalidInput")
      assert.sameMembers(
        reason.problems.map(({ path }) => path),
        ["name", "completions", "parallelism", "surprise"]
      )
      assert.strictEqual(calls.length, 0)
    })
  )
  it.effect("streams are guarded, too", () =>
    Effect.gen(function* () {
      const layer = toy([], [], { ...everything, logsFollow: absent("no") })
      const logs = (follow: boolean) =>
        through(layer, guard(), (it) => Stream.runCount(it.logs({ name: "x" }, { follow })))
      assert.strictEqual(yield* logs(false), 2)
      assert.strictEqual((yield* Effect.flip(logs(true))).reason._tag, "Unsupported")
    })
  )
})

describe("limit", () => {
  it.effect("spaces calls out once the burst is used up", () =>
    Effect.gen(function* () {
      const calls: Array<number> = []
      const work = through(toy([], calls), limit({ perSecond: 10, burst: 5 }), (it) =>
        Effect.forEach(Array.from({ length: 25 }), () => it.capacity, { concurrency: "unbounded" })
      )
      yield* timely(work)
      assert.strictEqual(calls.filter((atMs) => atMs === calls[0]).length, 5)
      assert.strictEqual((calls.at(-1) ?? 0) - (calls[0] ?? 0), 2_000)
    })
  )
})

describe("observe", () => {
  it.effect("a span tells of the call and its subject, never of a secret in its arguments", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const secret = job({
        pod: { containers: [{ name: "a", image: "a:1", environment: [{ name: "KEY", value: "hunter2" }] }] }
      })
      yield* through(toy([]), observe(), (it) => it.submit(secret)).pipe(Effect.provideService(Tracer.Tracer, tracer))
      assert.deepStrictEqual(
        spans.map(({ name }) => name),
        ["Scheduler.submit"]
      )
      assert.strictEqual(spans[0]?.attributes.get("subject"), "train")
      assert.notInclude(JSON.stringify([...(spans[0]?.attributes ?? [])]), "hunter2")
    })
  )
})

describe("record and replay", () => {
  it.effect("a recording answers as the service did, failures and streams too, and then says that it is over", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const use: Use<unknown, never> = (it) =>
        Effect.all([
          it.submit(job()),
          Effect.flip(it.cancel({ name: "x" })),
          Stream.runCollect(it.list()),
          it.get({ name: "train" })
        ]).pipe(Effect.orDie)
      const recorded = yield* through(toy([undefined, gone]), record(lines), use)
      assert.strictEqual(lines.length, 4)
      const calls: Array<number> = []
      const replayed = yield* through(toy([], calls), replay(lines), (it) =>
        Effect.zip(use(it), Effect.flip(it.get({ name: "other" })))
      )
      assert.deepStrictEqual(JSON.stringify(replayed[0]), JSON.stringify(recorded))
      assert.strictEqual(replayed[1].reason._tag, "Failed")
      assert.strictEqual(calls.length, 0)
    })
  )
})

describe("production", () => {
  it.effect("leaves alone what is not a service of ours", () =>
    Effect.gen(function* () {
      class Other extends Context.Service<Other, { readonly backend: string }>()("other/Other") {}
      const value = { backend: "x" }
      const other = yield* Effect.provide(Other, production()(Layer.succeed(Other, value)))
      assert.strictEqual(other, value)
    })
  )
})
