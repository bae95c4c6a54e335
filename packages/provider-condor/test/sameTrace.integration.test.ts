import { type Attempt, type Job, type JobState, production, Scheduler } from "@orrery/core"
import { runVirtual, simulated } from "@orrery/simulator"
import { Effect, Exit, Stream } from "effect"
import { expect, it } from "vitest"
import { shellJob } from "./job.ts"
import { pool } from "./pool.ts"

const name = (what: string) => `trace-${what}-${process.pid}`
const attempts = (list: ReadonlyArray<Attempt>) =>
  list.map(({ attempt, exitCode, index, state }) => `task ${index} try ${attempt}: ${state} ${exitCode ?? "-"}`)

/**
 * What becomes of one job, without times and without places: its states one after the other, its tries and its words. That
 * it waited or ran is left out, which is a matter of time: both may be over before the next look. Its tries tell what ran.
 */
const life = Effect.fnUntraced(function* (job: Job) {
  const scheduler = yield* Scheduler
  const trace: Array<string> = []
  const noted = (state: JobState) => {
    if (state !== "waiting" && state !== "running" && trace.at(-1) !== state) trace.push(state)
  }
  noted((yield* scheduler.submit(job)).state)
  const seen = yield* scheduler.watch(job).pipe(
    Stream.tap((event) => Effect.sync(() => noted(event.job.state))),
    Stream.takeUntil((event) => event.job.state === "held"),
    Stream.runLast
  )
  if (seen._tag === "Some" && seen.value.job.state === "held") {
    yield* scheduler.release(job)
    yield* scheduler.watch(job).pipe(
      Stream.tap((event) => Effect.sync(() => noted(event.job.state))),
      Stream.takeUntil((event) => event.job.state === "running"),
      Stream.runDrain
    )
    yield* scheduler.cancel(job)
    yield* scheduler.watch(job).pipe(Stream.runDrain)
  }
  const end = yield* scheduler.get(job)
  noted(end.state)
  if (end.state !== "cancelled") {
    const { failed, running, succeeded, waiting } = end.tasks
    trace.push(`${waiting} waiting, ${running} running, ${succeeded} succeeded, ${failed} failed`)
    const lines = yield* scheduler.logs(job).pipe(Stream.runCollect)
    trace.push(...attempts(end.attempts), ...lines.map(({ text }) => `prints ${text}`))
  }
  yield* scheduler.remove(job)
  const gone = yield* Effect.flip(scheduler.get(job))
  return [...trace, gone.reason._tag]
})

const scenario = Effect.gen(function* () {
  return {
    prints: yield* life(shellJob(name("prints"), "echo one; sleep 6; echo two")),
    fails: yield* life(shellJob(name("fails"), "sleep 6; exit 3")),
    array: yield* life(shellJob(name("array"), "sleep 6; exit $JOB_INDEX", { completions: 3, parallelism: 3 })),
    held: yield* life(shellJob(name("held"), "sleep 600", { held: true }))
  }
})

it("one scenario leaves the same trace on a real pool and on a simulated one", { timeout: 180_000 }, async () => {
  const backend = simulated({ profile: "condor", seed: 7 })
  const simulatedRun = runVirtual(scenario.pipe(Effect.provide(backend.services().pipe(production()))), {
    time: backend.world.time,
    streams: backend.world.streams,
    stepsMax: 5_000_000,
    name: "one scenario"
  })
  const real = await Effect.runPromise(scenario.pipe(Effect.provide(production()(pool)), Effect.timeout("170 seconds")))
  expect(simulatedRun._tag === "Done" && Exit.isSuccess(simulatedRun.exit) && simulatedRun.exit.value).toEqual(real)
  expect(real.held).toContain("cancelled")
})
