import { Clock, Deferred, Effect, Fiber, Queue, Random, Schedule } from "effect"
import { assert, describe, it } from "vitest"
import { Streams } from "../../src/engine/Streams.ts"
import { runVirtual } from "../../src/time/runVirtual.ts"
import { VirtualTime } from "../../src/time/VirtualTime.ts"

/** Three workers that sleep, take turns and hand over their names; the reader notes when it got each. */
const handover = (log: Array<string>) =>
  Effect.gen(function* () {
    const inbox = yield* Queue.unbounded<string>()
    const worker = (name: string) =>
      Effect.gen(function* () {
        for (let round = 0; round < 3; round++) {
          yield* Effect.sleep(yield* Random.nextIntBetween(1, 1000))
          for (let turn = 0; turn < 5; turn++) yield* Effect.yieldNow
          yield* Queue.offer(inbox, name)
        }
      })
    const reader = Effect.gen(function* () {
      for (let i = 0; i < 9; i++) log.push(`${yield* Clock.currentTimeMillis} ${yield* Queue.take(inbox)}`)
    })
    yield* Effect.all([worker("a"), worker("b"), worker("c"), reader], { concurrency: "unbounded", discard: true })
  })

const traceOf = (seed: number): ReadonlyArray<string> => {
  const log: Array<string> = []
  assert.strictEqual(runVirtual(handover(log), { streams: new Streams(seed) })._tag, "Done")
  return log
}

describe("runVirtual", () => {
  it("is a function of the seed", () => {
    for (let seed = 0; seed < 100; seed++) {
      assert.lengthOf(traceOf(seed), 9)
      assert.deepStrictEqual(traceOf(seed), traceOf(seed))
    }
    assert.notDeepEqual(traceOf(1), traceOf(2))
  })

  it("moves time only when nothing is ready", () => {
    const result = runVirtual(
      Effect.gen(function* () {
        const order: Array<string> = []
        const busy = Effect.gen(function* () {
          for (let turn = 0; turn < 1000; turn++) yield* Effect.yieldNow
          order.push("busy")
        })
        const sleeper = Effect.sleep(1).pipe(Effect.andThen(Effect.sync(() => order.push("sleeper"))))
        yield* Effect.all([sleeper, busy], { concurrency: "unbounded" })
        return order
      })
    )
    assert.isTrue(result._tag === "Done" && result.exit._tag === "Success")
    if (result._tag === "Done" && result.exit._tag === "Success")
      assert.deepStrictEqual(result.exit.value, ["busy", "sleeper"])
  })

  it("rounds a sleep up to whole milliseconds, also under jitter", () => {
    for (let seed = 0; seed < 100; seed++) {
      const program = Effect.fail("again").pipe(
        Effect.retry(Schedule.exponential("10 millis").pipe(Schedule.jittered, Schedule.upTo({ times: 5 }))),
        Effect.ignore,
        Effect.andThen(Clock.currentTimeMillis)
      )
      const result = runVirtual(program, { streams: new Streams(seed) })
      assert.isTrue(result._tag === "Done" && Number.isInteger(result.elapsedMs) && result.elapsedMs > 0)
    }
  })

  it("takes an interrupted sleep from the agenda", () => {
    const time = new VirtualTime()
    const program = Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.sleep("1 day"))
      yield* Effect.sleep("1 second")
      yield* Fiber.interrupt(fiber)
    })
    assert.strictEqual(runVirtual(program, { time })._tag, "Done")
    assert.strictEqual(time.pending, 0)
    assert.strictEqual(time.elapsedMs, 1000)
  })

  it("names a program that waits for ever", () => {
    const waits = Effect.gen(function* () {
      yield* Effect.sleep(5)
      yield* Deferred.await(yield* Deferred.make<void>())
    }).pipe(Effect.withSpan("Warehouse.await"))
    const result = runVirtual(waits, { name: "the drill" })
    assert.strictEqual(result._tag, "Stuck")
    if (result._tag === "Stuck")
      assert.match(result.message, /^the drill waits for ever in Warehouse\.await, 5 ms after the start: .*promise/)
  })

  it("says that promises are not waited for", () => {
    const result = runVirtual(Effect.promise(() => Promise.resolve(1)))
    assert.strictEqual(result._tag, "Stuck")
  })

  it("ends a program that never stops by itself", () => {
    const result = runVirtual(Effect.forever(Effect.sleep(1)), { stepsMax: 1000 })
    assert.isTrue(result._tag === "TooLong" && result.steps === 1000)
  })

  it("passes on how the program failed", () => {
    const result = runVirtual(Effect.fail("no"))
    assert.isTrue(result._tag === "Done" && result.exit._tag === "Failure")
  })
})
