import { ClusterManager, type JobStatus, Scheduler } from "@orrery/core"
import { Effect, Stream } from "effect"
import { expect, it } from "vitest"
import { shellJob } from "./job.ts"
import { pool, tool } from "./pool.ts"

const timeout = 180_000
const fresh = (name: string) => `${name}-${process.pid}`
const run = <A, E>(effect: Effect.Effect<A, E, Scheduler | ClusterManager>) =>
  Effect.runPromise(effect.pipe(Effect.provide(pool), Effect.timeout("170 seconds")))
const ended = (name: string) =>
  Scheduler.use((it) => it.watch({ name }).pipe(Stream.runLast)).pipe(
    Effect.map((last) => (last._tag === "Some" ? last.value.job : undefined))
  )
const until = (name: string, holds: (job: JobStatus) => boolean) =>
  Scheduler.use((it) =>
    it.watch({ name }).pipe(
      Stream.filter(({ job }) => holds(job)),
      Stream.runHead
    )
  )
it("submit twice is once, and what it printed is read whole [T1 T33 T39]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("once")
      const job = shellJob(
        name,
        'echo "it\'s $VALUE"; echo two >&2',
        {},
        { environment: [{ name: "VALUE", value: "a 'b'\n$(HOME) \"c\"" }] }
      )
      const first = yield* scheduler.submit(job)
      expect((yield* scheduler.submit(job)).id).toBe(first.id)
      const done = yield* ended(name)
      expect([done?.state, done?.attempts[0]?.exitCode]).toEqual(["succeeded", 0])
      const lines = yield* scheduler.logs({ name }).pipe(Stream.runCollect)
      expect(lines.map(({ text }) => text)).toEqual(["it's a 'b'", '$(HOME) "c"', "two"])
      const differs = yield* Effect.flip(scheduler.submit(shellJob(name, "true")))
      expect(differs.reason._tag).toBe("Conflict")
      yield* scheduler.remove({ name })
      expect((yield* Effect.flip(scheduler.get({ name }))).reason._tag).toBe("NotFound")
      yield* scheduler.remove({ name })
    })
  )
)

it("a hold is no failure, release lets it run, cancel ends it [T28 T33]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("held")
      yield* scheduler.submit(shellJob(name, "sleep 600", { held: true }))
      expect((yield* scheduler.get({ name })).state).toBe("held")
      yield* scheduler.release({ name })
      yield* until(name, ({ state }) => state === "running")
      yield* scheduler.hold({ name })
      yield* until(name, ({ state }) => state === "held")
      yield* scheduler.cancel({ name })
      expect((yield* ended(name))?.state).toBe("cancelled")
      yield* scheduler.cancel({ name })
      yield* scheduler.remove({ name })
    })
  )
)

it("an array's tasks end one by one, with their own exit codes, process 0 included [D45 T41]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("array")
      yield* scheduler.submit(shellJob(name, "exit $JOB_INDEX", { completions: 3, parallelism: 3 }))
      const job = yield* ended(name)
      expect(job?.attempts.map(({ exitCode }) => exitCode)).toEqual([0, 1, 2])
      expect([job?.state, job?.tasks]).toEqual(["failed", { waiting: 0, running: 0, succeeded: 1, failed: 2 }])
      yield* scheduler.remove({ name })
    })
  )
)

// HTCondor keeps a concurrency limit once per negotiation, so a reused claim may exceed it for a moment
it("tasks wait for each other where fewer at a time were asked for", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("narrow")
      yield* scheduler.submit(shellJob(name, "sleep 2", { completions: 6, parallelism: 2 }))
      let most = 0
      const seen = yield* scheduler.watch({ name }).pipe(
        Stream.tap(({ job }) => Effect.sync(() => (most = Math.max(most, job.tasks.running)))),
        Stream.runLast
      )
      expect(seen._tag === "Some" && seen.value.job.state).toBe("succeeded")
      expect(most).toBeLessThan(6)
      yield* scheduler.remove({ name })
    })
  )
)

it("a failing task is tried again as often as asked [D45 N58]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("again")
      yield* scheduler.submit(shellJob(name, "exit 7", { retries: 2 }))
      const job = yield* ended(name)
      expect([job?.state, job?.attempts.length, job?.attempts.at(-1)?.exitCode]).toEqual(["failed", 3, 7])
      yield* scheduler.remove({ name })
    })
  )
)

it("follows what is printed until the job is over", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("follow")
      yield* scheduler.submit(shellJob(name, "echo one; sleep 2; echo two; printf three"))
      const lines = yield* scheduler.logs({ name }, { follow: true }).pipe(Stream.runCollect)
      expect(lines.map(({ text }) => text)).toEqual(["one", "two", "three"])
      yield* scheduler.remove({ name })
    })
  )
)

it("says why a job waits, slot by slot, and what is free [T4]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("huge")
      yield* scheduler.submit(shellJob(name, "true", {}, { resources: { requests: { cpu: 1, gpuMilli: 64 } } }))
      const why = yield* scheduler.why({ name })
      expect(why.refusals.length).toBe(3)
      const { nodes } = yield* scheduler.capacity
      expect(nodes.map(({ total }) => total.cpuMilli).toSorted((a, b) => a - b)).toEqual([16_000, 64_000, 128_000])
      const machines = yield* ClusterManager.use((it) => it.nodes.list().pipe(Stream.runCollect))
      expect(machines.find(({ capacity }) => capacity.gpuMilli === 4_000)?.labels.HasGpu).toBe("true")
      yield* scheduler.remove({ name })
    })
  )
)

it("a selector is a requirement on the machine's own attributes", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("selects")
      const job = shellJob(name, "true")
      yield* scheduler.submit({ ...job, pod: { ...job.pod, nodeSelector: { Region: "here" } } })
      const done = yield* ended(name)
      expect([done?.state, done?.attempts[0]?.node?.includes("@cpu@")]).toEqual(["succeeded", true])
      yield* scheduler.remove({ name })
    })
  )
)

it("a job that asks for GPUs runs where there are some", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const name = fresh("gpu")
      yield* scheduler.submit(shellJob(name, "true", {}, { resources: { requests: { cpu: 1, gpu: 2 } } }))
      const done = yield* ended(name)
      expect([done?.state, done?.attempts[0]?.node?.includes("@gpu@")]).toEqual(["succeeded", true])
      yield* scheduler.remove({ name })
    })
  )
)

it("touches no job that is not ours", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const scheduler = yield* Scheduler
      const sleeper = "executable = /bin/sleep\narguments = 600\ntransfer_executable = false\nqueue\n"
      const stranger = tool("submit", ["-terse", "-"], sleeper).split(".")[0] ?? ""
      const name = fresh("mine")
      yield* scheduler.submit(shellJob(name, "sleep 600"))
      yield* scheduler.cancel({ name })
      yield* scheduler.remove({ name })
      const listed = yield* scheduler.list().pipe(Stream.runCollect)
      expect(listed.some(({ id }) => id === stranger)).toBe(false)
      expect(tool("q", [stranger, "-af", "JobStatus"])).toMatch(/^[12]$/)
      tool("rm", [stranger])
    })
  )
)
