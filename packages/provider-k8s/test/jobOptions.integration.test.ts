import { assert, layer } from "@effect/vitest"
import { type Job, type JobStatus, Scheduler } from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import { Kubernetes, layer as k8s } from "../src/index.ts"
import { startWithKubelet } from "./kubelet.ts"
import { job } from "./server.ts"

const server = Layer.orDie(k8s(startWithKubelet("joboptions")))

const script = (name: string, command: string, more: object = {}): Job =>
  job(name, "any", {
    pod: {
      terminationGraceMs: "1s",
      nodeSelector: { "kubernetes.io/hostname": "real" },
      containers: [{ name: "main", image: "busybox:1", command: ["sh", "-c", command] }]
    },
    ...more
  })

const until = (name: string, wanted: (status: JobStatus) => boolean) =>
  Effect.flatMap(Scheduler, (jobs) =>
    jobs.watch({ name }).pipe(
      Stream.map((event) => event.job),
      Stream.takeUntil(wanted),
      Stream.runCollect,
      Effect.map((seen) => seen.at(-1)),
      Effect.timeout("90 seconds")
    )
  )

const ended = (name: string) => until(name, ({ state }) => state === "succeeded" || state === "failed")

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("jobs as only Kubernetes has them", (it) => {
  it.effect("each try has its exit code and its own lines [N22 N23]", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      const kubernetes = yield* Kubernetes
      yield* jobs.submit(
        script("tries", "cat /proc/sys/kernel/random/uuid; exit $((JOB_INDEX * 3))", {
          completions: 2,
          parallelism: 2,
          retries: 1
        })
      )
      yield* ended("tries")
      const status = yield* jobs.get({ name: "tries" })
      assert.deepStrictEqual(
        status.attempts.map(({ attempt, exitCode, index, state }) => ({ attempt, exitCode, index, state })),
        [
          { index: 0, attempt: 1, exitCode: 0, state: "succeeded" },
          { index: 1, attempt: 1, exitCode: 3, state: "failed" },
          { index: 1, attempt: 2, exitCode: 3, state: "failed" }
        ]
      )
      const first = yield* Stream.runCollect(kubernetes.attemptLogs({ name: "tries", index: 1, attempt: 1 }))
      const last = yield* Stream.runCollect(kubernetes.attemptLogs({ name: "tries", index: 1 }))
      assert.strictEqual(first.length + last.length, 2)
      assert.notStrictEqual(first[0]?.text, last[0]?.text)
      const none = yield* Effect.flip(Stream.runDrain(kubernetes.attemptLogs({ name: "tries", index: 7 })))
      assert.strictEqual(none.reason._tag, "NotFound")
      yield* jobs.remove({ name: "tries" })
    })
  )

  it.effect("a rule for an exit code ends the whole job, whatever tries are left", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      const kubernetes = yield* Kubernetes
      const hopeless = { outcome: "failJob", exitCodes: { operator: "In", values: [42] } } as const
      yield* kubernetes.submit(script("hopeless", "exit 42", { retries: 5 }), { failureRules: [hopeless] })
      yield* ended("hopeless")
      const status = yield* jobs.get({ name: "hopeless" })
      assert.strictEqual(status.state, "failed")
      assert.strictEqual(status.attempts.length, 1)
      assert.match(status.reason ?? "", /exit code 42/)
      yield* jobs.remove({ name: "hopeless" })
    })
  )

  it.effect("a job that is over is forgotten after its time to live, and one that takes too long is ended", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      yield* jobs.submit(script("short", "true", { ttlAfterEndMs: "1s" }))
      const gone = yield* Effect.repeat(Effect.result(Effect.delay(jobs.get({ name: "short" }), "500 millis")), {
        until: (found) => found._tag === "Failure"
      }).pipe(Effect.timeout("90 seconds"))
      assert.strictEqual(gone._tag === "Failure" ? gone.failure.reason._tag : "", "NotFound")
      yield* jobs.submit(script("long", "sleep 1000", { deadlineMs: "2s" }))
      yield* ended("long")
      assert.match((yield* jobs.get({ name: "long" })).reason ?? "", /longer than specified deadline/)
      yield* jobs.remove({ name: "long" })
    })
  )

  it.effect("a job waits for those before it, and is cancelled when one of them fails", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      const kubernetes = yield* Kubernetes
      yield* jobs.submit(script("first", "sleep 2"))
      yield* jobs.submit(script("second", "true", { after: ["first"] }))
      yield* jobs.submit(script("broken", "exit 1"))
      yield* jobs.submit(script("never", "true", { after: ["first", "broken"] }))
      assert.strictEqual((yield* jobs.why({ name: "second" })).summary, "it waits for the jobs first")
      yield* kubernetes.settleDependencies()
      yield* ended("second")
      const [first, second] = [yield* jobs.get({ name: "first" }), yield* jobs.get({ name: "second" })]
      assert.isAtLeast(second.startedAtMs ?? 0, first.endedAtMs ?? Number.POSITIVE_INFINITY)
      yield* until("never", ({ state }) => state === "cancelled")
      const never = yield* jobs.get({ name: "never" })
      assert.strictEqual(never.reason, "the job broken that it waits for failed")
      assert.deepStrictEqual(never.attempts, [])
      for (const name of ["first", "second", "broken", "never"]) yield* jobs.remove({ name })
    })
  )

  it.effect("a job that a more urgent one pushes away says so, runs again, and loses no try by it [N56]", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      const { nodes } = yield* jobs.capacity
      const whole = nodes.find(({ name }) => name === "real")?.total.cpuMilli ?? 0
      const sized = (name: string, priority: number, command: string): Job => {
        const { pod, ...rest } = script(name, command)
        const requests = { cpuMilli: Math.floor(whole * 0.6), memoryBytes: 0, gpuMilli: 0 }
        const containers = pod.containers.map((one) => ({ ...one, resources: { requests } }))
        return { ...rest, pod: { ...pod, priority, containers } }
      }
      yield* jobs.submit(sized("meek", -10, "sleep 4"))
      yield* until("meek", ({ state }) => state === "running")
      yield* jobs.submit(sized("urgent", 1000, "sleep 1"))
      yield* until("meek", ({ attempts }) => attempts.some(({ reason }) => reason === "PreemptionByScheduler"))
      yield* ended("meek")
      assert.strictEqual((yield* jobs.get({ name: "meek" })).state, "succeeded")
      for (const name of ["meek", "urgent"]) yield* jobs.remove({ name })
    })
  )
})
