import { isOver } from "@orrery/core"
import { Effect, Stream } from "effect"
import { eventually, stays } from "../eventually.ts"
import { expectSame, expectThat } from "../expect.ts"
import { jobRule } from "../Rule.ts"
import { endlessJobOf, jobOf, podOf } from "../specs.ts"
import { watched } from "../watched.ts"
import { isDone, reaches, takesWhileRunning } from "./looks.ts"

/** What can be done to a job, and what can be seen of it. */
export const jobControl = [
  jobRule("a held job does not run until it is released [T33]", ["jobs", "hold"], (jobs, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* jobs.submit(jobOf(given, name, { held: true }))
      yield* reaches(jobs, given, name, "held")
      yield* stays(given.pace, {
        look: jobs.get({ name }),
        until: ({ attempts, state }) => state === "held" && attempts.length === 0,
        what: "the job is held and was not tried"
      })
      yield* jobs.release({ name })
      yield* expectSame((yield* isDone(jobs, given, name)).state, "succeeded", "state once released")
    })
  ),
  jobRule("a job that waits for others begins once they have succeeded", ["jobs", "hold"], (jobs, given) =>
    Effect.gen(function* () {
      const [first, second] = [given.name("a"), given.name("b")]
      yield* jobs.submit(jobOf(given, first, { held: true }))
      yield* jobs.submit(jobOf(given, second, { after: [first] }))
      yield* stays(given.pace, {
        look: jobs.get({ name: second }),
        until: ({ attempts, state }) => state === "waiting" && attempts.length === 0,
        what: "the job waits and was not tried"
      })
      yield* jobs.release({ name: first })
      yield* expectSame((yield* isDone(jobs, given, first)).state, "succeeded", "state of the first")
      yield* expectSame((yield* isDone(jobs, given, second)).state, "succeeded", "state of the second")
    })
  ),
  jobRule(
    "a job is cancelled without a try where one that it waits for fails",
    ["jobs", "cancel", "exitCodes"],
    (jobs, given) =>
      Effect.gen(function* () {
        const [first, second] = [given.name("a"), given.name("b")]
        yield* jobs.submit(jobOf(given, second, { after: [first] }))
        yield* jobs.submit(jobOf(given, first, { pod: podOf(given, given.fixtures.commands.exits(1)) }))
        yield* expectSame((yield* isDone(jobs, given, first)).state, "failed", "state of the first")
        const { attempts, state } = yield* isDone(jobs, given, second)
        yield* expectSame(
          [state, attempts.filter((one) => one.startedAtMs !== undefined).length],
          ["cancelled", 0],
          "state and tries of the second"
        )
      })
  ),
  jobRule("hold stops a running job, and release runs it again [T33]", ["jobs", "hold", "durations"], (jobs, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* jobs.submit(endlessJobOf(given, name))
      yield* reaches(jobs, given, name, "running")
      yield* jobs.hold({ name })
      yield* jobs.hold({ name })
      yield* eventually(given.pace, {
        look: jobs.get({ name }),
        until: ({ state, tasks }) => state === "held" && tasks.running === 0,
        what: "it is held, and nothing of it runs"
      })
      yield* jobs.release({ name })
      yield* reaches(jobs, given, name, "running")
    })
  ),
  jobRule(
    "cancel ends this job and no other, and again is success [N12 T33]",
    ["jobs", "cancel", "durations"],
    (jobs, given) =>
      Effect.gen(function* () {
        const names = [given.name("a"), given.name("ab")] as const
        for (const name of names) yield* jobs.submit(endlessJobOf(given, name))
        for (const name of names) yield* reaches(jobs, given, name, "running")
        yield* jobs.cancel({ name: names[0] })
        const { tasks } = yield* reaches(jobs, given, names[0], "cancelled")
        yield* expectSame(
          tasks,
          { waiting: 0, running: 0, succeeded: 0, failed: 1 },
          "tasks of a job that is cancelled"
        )
        yield* jobs.cancel({ name: names[0] })
        yield* stays(given.pace, {
          look: jobs.get({ name: names[1] }),
          until: ({ state }) => state === "running",
          what: "the other job runs on"
        })
      })
  ),
  jobRule("cancel of a job that is over changes nothing [T33]", ["jobs", "cancel"], (jobs, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* jobs.submit(jobOf(given, name))
      yield* isDone(jobs, given, name)
      yield* jobs.cancel({ name })
      yield* expectSame((yield* jobs.get({ name })).state, "succeeded", "state")
    })
  ),
  jobRule(
    "logs give what the job printed, and with tail only the end [N12 K70]",
    ["jobs", "logs", "output"],
    (jobs, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* jobs.submit(
          jobOf(given, name, { pod: podOf(given, given.fixtures.commands.prints("one", "two", "three")) })
        )
        yield* isDone(jobs, given, name)
        const textsOf = (tail?: number) =>
          Effect.map(Stream.runCollect(jobs.logs({ name }, tail === undefined ? {} : { tail })), (lines) =>
            lines.map(({ text }) => text)
          )
        yield* eventually(given.pace, {
          look: textsOf(),
          until: (texts) => texts.join() === "one,two,three",
          what: "the three lines that were printed"
        })
        yield* expectSame(yield* textsOf(1), ["three"], "last line")
      })
  ),
  jobRule(
    "watch begins with what is there, only moves on, and ends with the job [N12 T41]",
    ["jobs", "jobEvents"],
    (jobs, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        const held = given.provides("hold")
        yield* jobs.submit(jobOf(given, name, { held }))
        const watch = yield* watched(given.pace, "the watch of a job that is over", jobs.watch({ name }))
        yield* eventually(given.pace, {
          look: watch.seen,
          until: (events) => events.length > 0,
          what: "the watch begins with what is there"
        })
        if (held) yield* jobs.release({ name })
        const events = yield* watch.ended
        yield* expectThat(events.at(-1)?.job.state === "succeeded", "the last event is not the end")
        yield* expectThat(
          events.slice(0, -1).every(({ job }) => !isOver(job.state)),
          "something came after the end"
        )
        yield* expectThat(
          events.every(({ atMs }, index) => atMs >= (events[index - 1]?.atMs ?? 0)),
          "the events are not in the order of time"
        )
      })
  ),
  jobRule(
    "why names the reason of each node that cannot take a waiting job [K80]",
    ["jobs", "why", "capacity"],
    (jobs, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        const job = jobOf(given, name)
        const main = job.pod.containers[0]
        if (main === undefined) return
        const requests = { ...given.fixtures.requests, cpuMilli: 1_000_000_000 }
        yield* jobs.submit({ ...job, pod: { ...job.pod, containers: [{ ...main, resources: { requests } }] } })
        const nodes = (yield* jobs.capacity).nodes.length
        const why = yield* eventually(given.pace, {
          look: jobs.why({ name }),
          until: ({ refusals, summary }) => summary !== "" && refusals.length >= nodes,
          what: `a summary and a reason for each of ${nodes} nodes`
        })
        yield* expectThat(
          why.refusals.every((refusal) => refusal.candidate !== "" && refusal.why !== ""),
          "a reason is empty"
        )
      })
  ),
  jobRule(
    "capacity shows what a running job takes [N12]",
    ["jobs", "capacity", "cancel", "durations", "undisturbed"],
    (jobs, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        const freeCpu = Effect.map(jobs.capacity, ({ nodes }) =>
          nodes.reduce((sum, node) => sum + node.free.cpuMilli, 0)
        )
        const before = yield* jobs.capacity
        yield* expectThat(before.nodes.length > 0, "no node is listed")
        yield* expectThat(
          before.nodes.every(({ free, total }) => free.cpuMilli >= 0 && free.cpuMilli <= total.cpuMilli),
          "more is free than there is"
        )
        yield* takesWhileRunning(jobs, given, {
          amount: given.fixtures.requests.cpuMilli,
          free: freeCpu,
          job: endlessJobOf(given, name)
        })
      })
  )
]
