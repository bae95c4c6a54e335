import { assert, layer } from "@effect/vitest"
import { type JobStatus, type Ref, Scheduler } from "@orrery/core"
import { Effect, Fiber, Stream } from "effect"
import { addNode, applyAs, destroyPath, job, server } from "./server.ts"

const pool = "jobs"

const until = (ref: Ref, wanted: (status: JobStatus) => boolean) =>
  Effect.flatMap(Scheduler, (jobs) =>
    jobs.watch(ref).pipe(
      Stream.map((event) => event.job),
      Stream.takeUntil(wanted),
      Stream.runLast,
      Effect.timeout("90 seconds")
    )
  )

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("jobs on a real control plane", (it) => {
  it.effect("submit twice is once, each task succeeds, and the watch ends with the job", () =>
    Effect.gen(function* () {
      yield* addNode("jobs-1", { for: pool })
      const jobs = yield* Scheduler
      const spec = job("twice", pool, { completions: 3, parallelism: 2, labels: { team: "a" }, retries: 1 })
      const first = yield* jobs.submit(spec)
      const second = yield* jobs.submit(spec)
      assert.deepStrictEqual(first.spec, spec)
      assert.strictEqual(second.id, first.id)
      const events = yield* Effect.timeout(Stream.runCollect(jobs.watch({ name: "twice" })), "90 seconds")
      assert.strictEqual(events.at(-1)?.job.state, "succeeded")
      const status = yield* jobs.get({ name: "twice" })
      assert.deepStrictEqual(status.tasks, { waiting: 0, running: 0, succeeded: 3, failed: 0 })
      assert.deepStrictEqual(
        status.attempts.map(({ attempt, index, node, state }) => ({ attempt, index, node, state })),
        [0, 1, 2].map((index) => ({ attempt: 1, index, node: "jobs-1", state: "succeeded" as const }))
      )
      assert.isAtLeast(status.endedAtMs ?? 0, status.submittedAtMs)
      const listed = yield* Stream.runCollect(jobs.list())
      assert.deepInclude(listed, status)
      yield* jobs.cancel({ name: "twice" })
      assert.strictEqual((yield* jobs.get({ name: "twice" })).state, "succeeded")
      yield* jobs.remove({ name: "twice" })
      yield* jobs.remove({ name: "twice" })
      assert.strictEqual((yield* Effect.flip(jobs.get({ name: "twice" }))).reason._tag, "NotFound")
    })
  )

  it.effect("hold keeps it from running, release lets it go, cancel ends it for good", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      const held = { name: "held" }
      yield* jobs.submit(job("held", pool, { held: true }))
      assert.strictEqual((yield* jobs.get(held)).state, "held")
      assert.strictEqual((yield* jobs.why(held)).summary, "it is held; release it")
      yield* jobs.release(held)
      const done = yield* Effect.forkChild(until(held, ({ state }) => state === "succeeded"))
      yield* Fiber.join(done)
      yield* jobs.remove(held)
      yield* jobs.submit(job("cancelled", "nowhere"))
      yield* jobs.cancel({ name: "cancelled" })
      yield* until({ name: "cancelled" }, ({ state }) => state === "cancelled")
      yield* jobs.release({ name: "cancelled" })
      assert.strictEqual((yield* jobs.get({ name: "cancelled" })).state, "cancelled")
      yield* jobs.remove({ name: "cancelled" })
    })
  )

  it.effect("why names the scheduler's words and one reason per node", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      yield* addNode("jobs-small", { for: "jobs-small" }, "1")
      const big = job("big", "jobs-small")
      const [main] = big.pod.containers
      const resources = { requests: { cpuMilli: 4000, memoryBytes: 0, gpuMilli: 0 } }
      yield* jobs.submit({
        ...big,
        pod: { ...big.pod, containers: main === undefined ? [] : [{ ...main, resources }] }
      })
      const said = yield* Effect.repeat(jobs.why({ name: "big" }), {
        // a new node is tainted for a moment, and the scheduler says that first
        until: ({ summary }) => summary.includes("Insufficient")
      }).pipe(Effect.timeout("90 seconds"))
      assert.match(said.summary, /nodes are available: .*Insufficient cpu/)
      assert.deepInclude(
        said.refusals.map(({ candidate, code }) => ({ candidate, code })),
        { candidate: "jobs-small", code: "cpu" }
      )
      yield* jobs.remove({ name: "big" })
    })
  )

  it.effect("a quota that keeps all pods away is why nothing runs", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      const quota = "/api/v1/namespaces/default/resourcequotas/none"
      yield* applyAs("test", quota, {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "none" },
        spec: { hard: { pods: "0" } }
      })
      yield* Effect.sleep("1 second")
      yield* jobs.submit(job("quota", pool))
      const said = yield* Effect.repeat(jobs.why({ name: "quota" }), {
        until: ({ summary }) => summary.includes("quota")
      }).pipe(Effect.timeout("90 seconds"), Effect.ensuring(destroyPath(quota).pipe(Effect.ignore)))
      assert.match(said.summary, /exceeded quota: none/)
      yield* jobs.remove({ name: "quota" })
    })
  )

  it.effect("capacity is what nodes have less what their pods asked for", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      const { nodes } = yield* jobs.capacity
      const node = nodes.find(({ name }) => name === "jobs-1")
      assert.deepStrictEqual(node?.total, { cpuMilli: 8000, memoryBytes: 16 * 2 ** 30, gpuMilli: 2000 })
      assert.deepStrictEqual(node?.free, node?.total)
    })
  )
})
