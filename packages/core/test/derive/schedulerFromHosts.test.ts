import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { isOver, type Middleware, Scheduler, schedulerFromHosts } from "../../src/index.ts"
import { type Counter, faulty } from "./faults.ts"
import { hostOf, memoryHosts, Rack } from "./MemoryHosts.ts"
import { succeeds, timely } from "./timely.ts"
import { job } from "./workloads.ts"

const identity: Middleware = (layer) => layer
type Work<A> = (scheduler: Scheduler["Service"]) => Effect.Effect<A, unknown>
const within = <A>(rack: Rack, work: Work<A>, around: Middleware = identity) =>
  Effect.flatMap(Scheduler, work).pipe(
    Effect.provide(schedulerFromHosts().pipe(Layer.provide(around(memoryHosts(rack)))))
  )

const train = { name: "train" }
const over = (scheduler: Scheduler["Service"]) =>
  Effect.gen(function* () {
    for (let tries = 0; tries < 500; tries++) {
      const status = yield* scheduler.get(train)
      if (isOver(status.state)) return status
      yield* Effect.sleep("2 seconds")
    }
    return yield* Effect.die("it never ended")
  })

describe("jobs on hosts", () => {
  it.effect("an array runs each task once, as many at a time as it may; the same name is the same job", () =>
    Effect.gen(function* () {
      const rack = new Rack()
      const spec = job({ completions: 5, parallelism: 2 })
      const status = yield* succeeds(
        within(rack, (scheduler) =>
          Effect.andThen(Effect.andThen(scheduler.submit(spec), scheduler.submit(spec)), over(scheduler))
        )
      )
      assert.deepStrictEqual([status.state, status.tasks.succeeded], ["succeeded", 5])
      assert.deepStrictEqual(rack.starts.length, 5)
      assert.isAtLeast((status.endedAtMs ?? 0) - (status.startedAtMs ?? 0), 180_000)
      assert.deepStrictEqual(
        status.attempts.map(({ exitCode }) => exitCode),
        [0, 0, 0, 0, 0]
      )
      yield* succeeds(within(rack, (scheduler) => scheduler.remove(train)))
      assert.deepStrictEqual([rack.pods.size, rack.documents.size], [0, 0])
    })
  )
  it.effect("a job waits for those before it, says so, and is cancelled where one of them fails", () =>
    Effect.gen(function* () {
      const rack = new Rack()
      const work: Work<unknown> = (scheduler) =>
        Effect.gen(function* () {
          yield* scheduler.submit(job({ name: "train", after: ["first"] }))
          yield* scheduler.submit(job({ name: "first" }))
          yield* scheduler.submit(job({ name: "never", after: ["first", "broken"] }))
          assert.strictEqual((yield* scheduler.why(train)).summary, "it waits for the jobs first")
          const late = yield* over(scheduler)
          const first = yield* scheduler.get({ name: "first" })
          assert.deepStrictEqual([first.state, late.state], ["succeeded", "succeeded"])
          assert.isAtLeast(late.startedAtMs ?? 0, first.endedAtMs ?? Number.POSITIVE_INFINITY)
          yield* scheduler.submit(job({ name: "broken" }, 1_000, 1))
          yield* Effect.sleep("1 minute")
          const never = yield* scheduler.get({ name: "never" })
          assert.deepStrictEqual(
            [never.state, never.reason, never.attempts],
            ["cancelled", "the job broken that it waits for failed", []]
          )
        })
      yield* succeeds(within(rack, work))
    })
  )
  it.effect("a job that is over is forgotten after its time to live, with its pods", () =>
    Effect.gen(function* () {
      const rack = new Rack()
      const work: Work<unknown> = (scheduler) =>
        Effect.gen(function* () {
          yield* scheduler.submit(job({ ttlAfterEndMs: "10m" }))
          yield* over(scheduler)
          yield* Effect.sleep("9 minutes")
          assert.strictEqual((yield* scheduler.get(train)).state, "succeeded")
          yield* Effect.sleep("2 minutes")
        })
      yield* succeeds(within(rack, work))
      assert.deepStrictEqual([rack.pods.size, rack.documents.size], [0, 0])
    })
  )
  it.effect("a failing task is tried again as often as allowed, then the job fails and says why", () =>
    Effect.gen(function* () {
      const rack = new Rack()
      const status = yield* succeeds(
        within(rack, (scheduler) => Effect.andThen(scheduler.submit(job({ retries: 2 }, 5_000, 7)), over(scheduler)))
      )
      assert.deepStrictEqual([status.state, status.attempts.length], ["failed", 3])
      assert.include(status.reason, "exit code 7")
    })
  )
  it.effect("a task whose node is emptied begins anew, and none of its tries is used up", () =>
    Effect.gen(function* () {
      const rack = new Rack()
      const work: Work<unknown> = (scheduler) => Effect.andThen(scheduler.submit(job({ retries: 0 })), over(scheduler))
      const running = yield* Effect.forkChild(within(rack, work))
      yield* TestClock.adjust("20 seconds")
      for (const pod of rack.pods.values()) pod.stoppedAtMs = 20_000
      for (let step = 0; step < 60; step++) yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(running)
      const status = yield* succeeds(within(rack, (scheduler) => scheduler.get(train)))
      assert.deepStrictEqual(
        [status.state, status.attempts.map(({ state }) => state)],
        ["succeeded", ["lost", "succeeded"]]
      )
    })
  )
  it.effect("deadline, hold, release and cancel [N59 T33]", () =>
    Effect.gen(function* () {
      const late = new Rack()
      const status = yield* succeeds(
        within(late, (scheduler) =>
          Effect.andThen(scheduler.submit(job({ deadlineMs: "10s" }, 600_000)), over(scheduler))
        )
      )
      assert.strictEqual(status.state, "failed")
      assert.include(status.reason, "deadline")
      const rack = new Rack()
      const states = yield* succeeds(
        within(rack, (scheduler) =>
          Effect.gen(function* () {
            yield* scheduler.submit(job({ held: true }, 600_000))
            const held = yield* scheduler.get(train)
            yield* scheduler.release(train)
            const running = yield* scheduler.get(train)
            yield* scheduler.hold(train)
            yield* Effect.sleep("6 seconds")
            const again = yield* scheduler.get(train)
            yield* scheduler.release(train)
            yield* Effect.sleep("6 seconds")
            yield* scheduler.cancel(train)
            const last = yield* over(scheduler)
            yield* scheduler.cancel(train)
            return [held, running, again, last].map(({ state }) => state)
          })
        )
      )
      assert.deepStrictEqual(states, ["held", "running", "held", "cancelled"])
    })
  )
  it.effect("why says which host refuses and for what; capacity says what is free", () =>
    Effect.gen(function* () {
      const rack = new Rack()
      rack.nodes = [hostOf("a", 500), { ...hostOf("b"), schedulable: false }, hostOf("c", 500)]
      const why = yield* succeeds(
        within(rack, (scheduler) => Effect.andThen(scheduler.submit(job()), scheduler.why(train)))
      )
      assert.deepStrictEqual(
        why.refusals.map(({ candidate, code }) => `${candidate} ${code}`),
        ["a cpu", "c cpu", "b unavailable"]
      )
      const { nodes } = yield* within(rack, (scheduler) => scheduler.capacity)
      assert.deepStrictEqual(
        nodes.map(({ free }) => free.cpuMilli),
        [500, 0, 500]
      )
    })
  )
  it.effect(
    "no double start while a host is silent; the task is lost, and begun again, once the host is gone [N56]",
    () =>
      Effect.gen(function* () {
        const rack = new Rack()
        yield* succeeds(within(rack, (scheduler) => scheduler.submit(job())))
        const { node } = [...rack.pods.values()][0] ?? { node: "" }
        rack.silent.add(node)
        const loop = yield* Effect.forkChild(within(rack, () => Effect.never))
        yield* TestClock.adjust("30 minutes")
        assert.strictEqual(rack.starts.length, 1)
        rack.silent.delete(node)
        rack.nodes = rack.nodes.filter(({ name }) => name !== node)
        yield* TestClock.adjust("10 minutes")
        const status = yield* succeeds(within(rack, over))
        assert.deepStrictEqual(
          status.attempts.map(({ state }) => state),
          ["lost", "succeeded"]
        )
        yield* Fiber.interrupt(loop)
      })
  )
  it.effect("watch ends with the job", () =>
    Effect.gen(function* () {
      const rack = new Rack()
      const events = yield* succeeds(
        within(rack, (scheduler) => Effect.andThen(scheduler.submit(job()), Stream.runCollect(scheduler.watch(train))))
      )
      assert.deepStrictEqual([events.at(0)?.job.state, events.at(-1)?.job.state], ["running", "succeeded"])
    })
  )
  for (const when of ["before", "after"] as const)
    it.effect(`a crash ${when} every call and a re-run: each task runs once`, () =>
      Effect.gen(function* () {
        for (let call = 1; call <= 40; call++) {
          const rack = new Rack()
          const counter: Counter = { calls: 0 }
          const work: Work<unknown> = (scheduler) =>
            Effect.andThen(scheduler.submit(job({ completions: 3, parallelism: 3 })), over(scheduler))
          yield* timely(within(rack, work, faulty(counter, { crash: { call, when } })))
          assert.isAtLeast(counter.calls, call)
          const status = yield* succeeds(within(rack, (scheduler) => Effect.andThen(work(scheduler), over(scheduler))))
          assert.strictEqual(status.state, "succeeded")
          assert.deepStrictEqual([rack.starts.length, new Set(rack.starts).size], [3, 3], `call ${call}`)
        }
      })
    )
  it.effect("a list that lags behind and answers that are lost double nothing", () =>
    Effect.gen(function* () {
      for (const every of [2, 3, 4, 5]) {
        const rack = new Rack()
        rack.lagging = []
        const work: Work<unknown> = (scheduler) => scheduler.submit(job({ completions: 3, parallelism: 3 }))
        const lossy = faulty({ calls: 0 }, { lost: (call) => call % every === 0 })
        const loop = yield* Effect.forkChild(
          within(rack, (scheduler) => Effect.andThen(Effect.result(work(scheduler)), Effect.never), lossy)
        )
        yield* TestClock.adjust("30 seconds")
        rack.lagging = undefined
        yield* TestClock.adjust("5 minutes")
        yield* Fiber.interrupt(loop)
        const status = yield* succeeds(within(rack, (scheduler) => Effect.andThen(work(scheduler), over(scheduler))))
        assert.strictEqual(status.state, "succeeded")
        assert.deepStrictEqual([rack.starts.length, new Set(rack.starts).size], [3, 3], `every ${every}`)
      }
    })
  )
})
