import { Effect } from "effect"
import { stays, steady } from "../eventually.ts"
import { expectRefusal, expectSame, expectThat } from "../expect.ts"
import { jobRule } from "../Rule.ts"
import { endlessJobOf, jobOf, podOf } from "../specs.ts"
import { allJobs, isDone, jobsState, reaches } from "./looks.ts"

/** The clocks of the machines that stamp a job may differ by so much. */
const clocksApartMsMax = 1_000

/** How jobs come, run, end and are found. */
export const jobLifecycle = [
  jobRule("submit runs a job to its success [N12 N13 N21 T31 T33 R102]", ["jobs"], (jobs, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* jobs.submit(jobOf(given, name))
      const job = yield* isDone(jobs, given, name)
      yield* expectSame(
        [job.state, job.tasks],
        ["succeeded", { waiting: 0, running: 0, succeeded: 1, failed: 0 }],
        "end"
      )
      const { endedAtMs = Number.NaN, startedAtMs = Number.NaN, submittedAtMs } = job
      yield* expectThat(
        startedAtMs >= submittedAtMs - clocksApartMsMax && endedAtMs >= startedAtMs,
        "its times are missing or not in order"
      )
    })
  ),
  jobRule("submit twice is once [N13 N18 N19 T33]", ["jobs"], (jobs, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      const first = yield* jobs.submit(jobOf(given, name))
      const second = yield* jobs.submit(jobOf(given, name))
      yield* expectSame(second.id, first.id, "id")
      yield* isDone(jobs, given, name)
      const late = yield* jobs.submit(jobOf(given, name))
      yield* expectSame([late.id, late.state], [first.id, "succeeded"], "id and state once it is over")
      yield* expectSame((yield* allJobs(jobs)).filter(({ spec }) => spec.name === name).length, 1, "jobs of that name")
    })
  ),
  jobRule("a job that fails says so with its exit code [N22 N23]", ["jobs", "exitCodes"], (jobs, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* jobs.submit(jobOf(given, name, { pod: podOf(given, given.fixtures.commands.exits(3)) }))
      const job = yield* isDone(jobs, given, name)
      yield* expectSame(
        [job.state, job.attempts.map(({ exitCode }) => exitCode)],
        ["failed", [3]],
        "state and exit codes"
      )
    })
  ),
  jobRule(
    "a failed task is tried again as often as its retries say [N58]",
    ["jobs", "jobRetries", "exitCodes"],
    (jobs, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* jobs.submit(jobOf(given, name, { retries: 2, pod: podOf(given, given.fixtures.commands.exits(1)) }))
        const job = yield* isDone(jobs, given, name)
        yield* expectSame([job.state, job.attempts.length], ["failed", 3], "state and attempts")
      })
  ),
  jobRule(
    "an array goes on to its last task where one fails, and then it has failed",
    ["jobs", "jobArrays", "exitCodes"],
    (jobs, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        const pod = podOf(given, given.fixtures.commands.exits(3))
        yield* jobs.submit(jobOf(given, name, { completions: 3, parallelism: 1, pod }))
        const { attempts, state, tasks } = yield* isDone(jobs, given, name)
        yield* expectSame([state, tasks], ["failed", { waiting: 0, running: 0, succeeded: 0, failed: 3 }], "the end")
        yield* expectSame(new Set(attempts.map(({ index }) => index)).size, 3, "tasks that were tried")
      })
  ),
  jobRule("an array runs each of its tasks to success once", ["jobs", "jobArrays"], (jobs, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* jobs.submit(jobOf(given, name, { completions: 3, parallelism: 2 }))
      const job = yield* isDone(jobs, given, name)
      const succeeded = job.attempts.filter(({ state }) => state === "succeeded").map(({ index }) => index)
      yield* expectSame([job.state, job.tasks.succeeded, succeeded.toSorted()], ["succeeded", 3, [0, 1, 2]], "tasks")
    })
  ),
  jobRule("remove forgets a job, and again is success [T42]", ["jobs"], (jobs, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      const kept = given.name("ab")
      yield* jobs.submit(jobOf(given, name))
      yield* jobs.submit(jobOf(given, kept))
      yield* isDone(jobs, given, name)
      yield* jobs.remove({ name })
      yield* expectRefusal(jobs.get({ name }), "NotFound", "get afterwards")
      yield* jobs.remove({ name })
      yield* isDone(jobs, given, kept)
    })
  ),
  jobRule("a job that does not exist is not found [N12 D46]", ["jobs"], (jobs, given) =>
    Effect.asVoid(expectRefusal(jobs.get({ name: given.name("none") }), "NotFound", "get"))
  ),
  jobRule("submit names every problem of a bad job and queues nothing [N14]", ["jobs"], (jobs, given) =>
    Effect.gen(function* () {
      const before = yield* steady(given.pace, jobsState(jobs))
      const good = jobOf(given, "Not A Name", { completions: 0 })
      const bad = { ...good, pod: { ...good.pod, containers: [] } }
      const { problems } = yield* expectRefusal(jobs.submit(bad), "InvalidInput", "submit")
      yield* expectThat(problems.length >= 3, `three things are wrong, named are ${problems.map(({ path }) => path)}`)
      yield* expectSame(yield* steady(given.pace, jobsState(jobs)), before, "what is queued")
    })
  ),
  jobRule("list is complete, with what waits, runs and is over [N12 N26 T34]", ["jobs"], (jobs, given) =>
    Effect.gen(function* () {
      const over = given.name("over")
      yield* jobs.submit(jobOf(given, over))
      yield* isDone(jobs, given, over)
      const names = Array.from({ length: given.fixtures.listed - 1 }, (_, index) => given.name(`l${index}`))
      for (const name of names) yield* jobs.submit(endlessJobOf(given, name))
      const expected = [over, ...names].toSorted()
      const listed = (yield* allJobs(jobs)).map(({ spec }) => spec.name).filter((name) => expected.includes(name))
      yield* expectSame(listed, expected, "listed jobs")
    })
  ),
  jobRule("a running job stays running until something ends it [N21]", ["jobs", "durations"], (jobs, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* jobs.submit(endlessJobOf(given, name))
      yield* reaches(jobs, given, name, "running")
      yield* stays(given.pace, {
        look: jobs.get({ name }),
        until: ({ attempts, state }) => state === "running" && attempts.length === 1,
        what: "one attempt runs"
      })
    })
  )
]
