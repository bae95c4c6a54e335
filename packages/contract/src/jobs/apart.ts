import { everywhere } from "@orrery/core"
import { Effect, Stream } from "effect"
import { eventually, stays } from "../eventually.ts"
import { expectSame, expectThat } from "../expect.ts"
import { gathered } from "../gathered.ts"
import { jobRule } from "../Rule.ts"
import { endlessJobOf, jobOf, podOf } from "../specs.ts"
import { openedAnew } from "../watched.ts"
import { whileOthersChange } from "../whileOthersChange.ts"
import { allJobs, isDone, reaches, takesWhileRunning } from "./looks.ts"

const wholeGpuMilli = 1_000

/** What must not be mixed up: namespaces, pages, one watch and the next, lines that were read and lines to come, GPUs. */
export const jobApart = [
  jobRule("jobs of one name in two namespaces are two [K11]", ["jobs", "namespaces"], (jobs, given) => {
    const name = given.name("a")
    const there = { name, namespace: given.fixtures.otherNamespace ?? "" }
    return Effect.gen(function* () {
      const first = yield* jobs.submit(jobOf(given, name))
      const second = yield* jobs.submit(jobOf(given, name, there))
      yield* expectThat(first.id !== second.id, "both have one id")
      yield* isDone(jobs, given, name)
      yield* jobs.remove({ name })
      yield* eventually(given.pace, {
        look: jobs.get(there),
        until: ({ state }) => state === "succeeded",
        what: "the other one succeeds"
      })
    }).pipe(Effect.ensuring(Effect.ignore(jobs.remove(there))))
  }),
  jobRule(
    "a job that names no namespace lies in the connection's own, as do its name and a list [K11]",
    ["jobs", "hold", "namespaces"],
    (jobs, given) => {
      const name = given.name("a")
      const there = { name, namespace: given.fixtures.otherNamespace ?? "" }
      const spacesOf = (namespace?: string) =>
        Effect.map(Stream.runCollect(jobs.list(namespace)), (found) =>
          found.filter(({ spec }) => spec.name === name).map(({ spec }) => spec.namespace)
        )
      return Effect.gen(function* () {
        const {
          spec: { namespace: own }
        } = yield* jobs.submit(jobOf(given, name, { held: true }))
        yield* expectThat(own !== there.namespace, "what names no namespace lies in the other one")
        yield* jobs.submit(jobOf(given, name, { ...there, held: true }))
        yield* expectSame((yield* jobs.get({ name })).spec.namespace, own, "namespace by name alone")
        yield* expectSame((yield* jobs.get({ name, namespace: own })).spec.name, name, "name in it")
        yield* expectSame(yield* spacesOf(), [own], "namespaces of a list that names none")
        yield* expectSame(
          (yield* spacesOf(everywhere)).toSorted(),
          [own, there.namespace].toSorted(),
          "namespaces of a list of all"
        )
        yield* jobs.remove({ name })
        yield* expectSame(yield* spacesOf(everywhere), [there.namespace], "namespaces once it is removed")
      }).pipe(Effect.ensuring(Effect.ignore(jobs.remove(there))))
    }
  ),
  jobRule("list tells what stays each time and once, while others come and go [N12 N61]", ["jobs"], (jobs, given) =>
    Effect.gen(function* () {
      const passing = jobOf(given, given.name("c"))
      const staying = Array.from({ length: given.fixtures.listed }, (_, index) => given.name(`l${index}`))
      for (const name of staying) yield* jobs.submit(jobOf(given, name))
      yield* whileOthersChange(given, {
        list: Effect.map(allJobs(jobs), (all) => all.map(({ spec }) => spec.name)),
        come: jobs.submit(passing),
        go: jobs.remove(passing),
        staying
      })
    })
  ),
  jobRule(
    "watch that is opened anew, be it the same stream, begins with what is there by then, be it the end",
    ["jobs", "jobEvents"],
    (jobs, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* jobs.submit(jobOf(given, name))
        const ends = isDone(jobs, given, name)
        for (const again of yield* openedAnew(given.pace, () => jobs.watch({ name }), ends)) {
          const events = yield* again.ended
          yield* expectSame(events.at(-1)?.job.state, "succeeded", "state in the last event of the second watch")
        }
      })
  ),
  jobRule(
    "logs that are followed give each line once while the job runs, and end with it [N12 K70]",
    ["jobs", "cancel", "logsFollow", "output", "durations"],
    (jobs, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        const pod = podOf(given, given.fixtures.commands.printsOn("one", "two"))
        yield* jobs.submit(endlessJobOf(given, name, { pod }))
        yield* reaches(jobs, given, name, "running")
        const followed = jobs.logs({ name }, { follow: true })
        const logs = yield* gathered(given.pace, "the log of a job that is over", followed)
        const textsOf = ({ seen }: typeof logs) => Effect.map(seen, (lines) => lines.map(({ text }) => text).join())
        const both = (all: string) => all === "one,two"
        yield* eventually(given.pace, { look: textsOf(logs), until: both, what: "the two lines" })
        yield* stays(given.pace, { look: textsOf(logs), until: both, what: "each line once" })
        const again = yield* gathered(given.pace, "the same stream, read again,", followed)
        yield* eventually(given.pace, { look: textsOf(again), until: both, what: "the same stream, read again" })
        yield* jobs.cancel({ name })
        const lines = yield* logs.ended
        yield* expectSame(
          lines.map(({ text }) => text),
          ["one", "two"],
          "lines in the end"
        )
      })
  ),
  jobRule(
    "a job that asks for a GPU takes a whole one, and waits where there is none [K5]",
    ["jobs", "gpus", "capacity", "cancel", "durations", "undisturbed"],
    (jobs, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        const job = endlessJobOf(given, name)
        const requests = { ...given.fixtures.requests, gpuMilli: wholeGpuMilli }
        const containers = job.pod.containers.map((container) => ({ ...container, resources: { requests } }))
        const freeGpus = Effect.map(jobs.capacity, ({ nodes }) => nodes.map(({ free }) => free.gpuMilli))
        const asking = { ...job, pod: { ...job.pod, containers } }
        if ((yield* freeGpus).some((gpuMilli) => gpuMilli >= wholeGpuMilli))
          return yield* takesWhileRunning(jobs, given, {
            amount: wholeGpuMilli,
            free: Effect.map(freeGpus, (nodes) => nodes.reduce((total, gpuMilli) => total + gpuMilli, 0)),
            job: asking
          })
        yield* jobs.submit(asking)
        yield* stays(given.pace, {
          look: jobs.get({ name }),
          until: ({ state, tasks }) => state === "waiting" && tasks.running === 0,
          what: "the job waits, as no node has a GPU"
        })
      })
  )
]
