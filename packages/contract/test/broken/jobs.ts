import { everywhere, isOver } from "@orrery/core"
import { Effect, Stream } from "effect"
import { type Broken, brokenJobs, byPosition, readOnce } from "./Broken.ts"

/** Backends whose jobs are wrong in one way each. */
export const jobZoo: ReadonlyArray<Broken> = [
  brokenJobs("runs again what was submitted again", ["submit twice is once"], (good) => ({
    submit: (job) =>
      Effect.matchEffect(good.get(job), {
        onFailure: () => good.submit(job),
        onSuccess: () => Effect.andThen(good.remove(job), good.submit(job))
      })
  })),
  brokenJobs("holds nothing that runs", ["hold stops a running job, and release runs it again"], () => ({
    hold: () => Effect.void
  })),
  brokenJobs("starts what is held", ["a held job does not run until it is released"], (good) => ({
    submit: (job) => good.submit({ ...job, held: false })
  })),
  brokenJobs("cancels by prefix", ["cancel ends this job and no other, and again is success"], (good) => ({
    cancel: (ref) =>
      Stream.runForEach(good.list(), ({ spec }) => (spec.name.startsWith(ref.name) ? good.cancel(spec) : Effect.void))
  })),
  brokenJobs("cancels what is over", ["cancel of a job that is over changes nothing"], (good) => {
    const cancelled = new Set<string>()
    return {
      cancel: (ref) =>
        Effect.andThen(
          good.cancel(ref),
          Effect.sync(() => cancelled.add(ref.name))
        ),
      get: (ref) =>
        Effect.map(good.get(ref), (job) =>
          cancelled.has(ref.name) && isOver(job.state) ? { ...job, state: "cancelled" } : job
        )
    }
  }),
  brokenJobs("tells a wrong exit code", ["a job that fails says so with its exit code"], (good) => ({
    get: (ref) =>
      Effect.map(good.get(ref), (job) => ({
        ...job,
        attempts: job.attempts.map((attempt) => (attempt.exitCode === 3 ? { ...attempt, exitCode: 1 } : attempt))
      }))
  })),
  brokenJobs("does not try again", ["a failed task is tried again as often as its retries say"], (good) => ({
    submit: (job) => good.submit({ ...job, retries: 0 })
  })),
  brokenJobs("tries once too often", ["a failed task is tried again as often as its retries say"], (good) => ({
    submit: (job) => good.submit({ ...job, retries: job.retries === 0 ? 0 : job.retries + 1 })
  })),
  brokenJobs(
    "runs the first task only",
    [
      "an array goes on to its last task where one fails, and then it has failed",
      "an array runs each of its tasks to success once"
    ],
    (good) => ({
      submit: (job) => good.submit({ ...job, completions: Math.min(job.completions, 1) })
    })
  ),
  brokenJobs(
    "forgets what is over",
    [
      "submit twice is once",
      "list is complete, with what waits, runs and is over",
      "submit that is cut short at any moment and run again is once"
    ],
    (good) => ({ list: (namespace) => Stream.filter(good.list(namespace), ({ state }) => !isOver(state)) })
  ),
  brokenJobs(
    "gives all lines for the last",
    ["logs give what the job printed, and with tail only the end"],
    (good) => ({
      logs: (ref) => good.logs(ref)
    })
  ),
  brokenJobs(
    "watches on after the end",
    [
      "watch begins with what is there, only moves on, and ends with the job",
      "watch that is opened anew, be it the same stream, begins with what is there by then, be it the end"
    ],
    (good) => ({
      watch: (ref) => Stream.concat(good.watch(ref), Stream.never)
    })
  ),
  brokenJobs("gives no reasons", ["why names the reason of each node that cannot take a waiting job"], (good) => ({
    why: (ref) => Effect.map(good.why(ref), ({ summary }) => ({ summary, refusals: [] }))
  })),
  brokenJobs(
    "counts nothing as taken",
    [
      "capacity shows what a running job takes",
      "a job that asks for a GPU takes a whole one, and waits where there is none"
    ],
    (good) => ({
      capacity: Effect.map(good.capacity, ({ nodes }) => ({
        nodes: nodes.map((node) => ({ ...node, free: node.total }))
      }))
    })
  ),
  brokenJobs(
    "knows one namespace",
    [
      "jobs of one name in two namespaces are two",
      "a job that names no namespace lies in the connection's own, as do its name and a list"
    ],
    (good) => ({
      submit: (job) => good.submit({ ...job, namespace: "default" }),
      get: ({ name }) => good.get({ name }),
      remove: ({ name }) => good.remove({ name })
    })
  ),
  brokenJobs(
    "lists every namespace where none is named",
    ["a job that names no namespace lies in the connection's own, as do its name and a list"],
    (good) => ({
      list: (namespace = everywhere) => good.list(namespace)
    })
  ),
  brokenJobs("pages by position", ["list tells what stays each time and once, while others come and go"], (good) => ({
    list: (namespace) => byPosition(good.list(namespace), ({ spec }) => spec.name)
  })),
  brokenJobs(
    "gives a list to its first reader only",
    ["list tells what stays each time and once, while others come and go"],
    (good) => ({ list: (namespace) => readOnce(good.list(namespace)) })
  ),
  brokenJobs(
    "says nothing of what was over before",
    ["watch that is opened anew, be it the same stream, begins with what is there by then, be it the end"],
    (good) => ({
      watch: (ref) =>
        Stream.unwrap(Effect.map(good.get(ref), ({ state }) => (isOver(state) ? Stream.empty : good.watch(ref))))
    })
  ),
  brokenJobs(
    "gives the lines of a stream to its first reader only",
    ["logs that are followed give each line once while the job runs, and end with it"],
    (good) => ({
      logs: (ref, options) => {
        const told = new Set<string>()
        const isNew = (text: string) => !told.has(text) && told.add(text).has(text)
        const lines = good.logs(ref, options)
        return options?.follow === true ? Stream.filter(lines, ({ text }) => isNew(text)) : lines
      }
    })
  ),
  brokenJobs(
    "follows for ever",
    ["logs that are followed give each line once while the job runs, and end with it"],
    (good) => ({
      logs: (ref, options) =>
        options?.follow === true ? Stream.concat(good.logs(ref, options), Stream.never) : good.logs(ref, options)
    })
  ),
  brokenJobs(
    "runs without the GPU that it was asked for",
    ["a job that asks for a GPU takes a whole one, and waits where there is none"],
    (good) => ({
      submit: (job) =>
        good.submit({
          ...job,
          pod: {
            ...job.pod,
            containers: job.pod.containers.map((container) => ({
              ...container,
              resources: { requests: { ...container.resources.requests, gpuMilli: 0 } }
            }))
          }
        })
    })
  )
]
