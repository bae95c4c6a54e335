import type { Job, JobState, Scheduler } from "@orrery/core"
import { Effect } from "effect"
import * as fc from "fast-check"
import { eventually } from "../eventually.ts"
import { expectRefusal } from "../expect.ts"
import type { Given } from "../Rule.ts"
import { endlessJobOf, jobOf, podOf } from "../specs.ts"
import type { Model } from "./Model.ts"

interface JobCommand {
  readonly do: "submit" | "submitHeld" | "hold" | "release" | "cancel" | "remove"
  readonly job: number
}

/** Every state each job may be in: a short job may or may not be over when the next command comes. */
type Jobs = ReadonlyMap<number, ReadonlyArray<JobState>>

/** What the jobs do: the first succeeds, the second fails, the third runs until it is stopped. */
const ends: ReadonlyArray<JobState> = ["succeeded", "failed", "running"]
const keys = ends.map((_, key) => key)
const isEnd = (state: JobState): boolean => state === "succeeded" || state === "failed" || state === "cancelled"

const specOf = (given: Given, key: number, held: boolean): Job => {
  const name = given.name(`m${key}`)
  const { exits } = given.fixtures.commands
  if (ends[key] === "running") return endlessJobOf(given, name, { held })
  return jobOf(given, name, { held, pod: podOf(given, exits(ends[key] === "succeeded" ? 0 : 1)) })
}

const distinct = (states: ReadonlyArray<JobState>): ReadonlyArray<JobState> => [...new Set(states)]
/** What time alone may do to a job that is not held. */
const later = (key: number, states: ReadonlyArray<JobState>): ReadonlyArray<JobState> =>
  distinct(states.flatMap((state) => (state === "running" ? [state, ends[key] ?? state] : [state])))

const after = (command: JobCommand["do"], state: JobState): JobState => {
  if (isEnd(state)) return state
  if (command === "hold") return "held"
  if (command === "cancel") return "cancelled"
  return command === "release" ? "running" : state
}

/** Jobs that come, are held, released and cancelled; `running` stands for all that is neither held nor over. */
export const jobModel: Model<JobCommand, Jobs, Scheduler["Service"]> = {
  commands: fc.record({
    do: fc.constantFrom("submit", "submitHeld", "hold", "release", "cancel", "remove"),
    job: fc.constantFrom(...keys)
  }),
  initial: new Map(),
  print: ({ do: verb, job }) =>
    verb === "submit" || verb === "submitHeld"
      ? `jobs.submit(specOf(given, ${job}, ${verb === "submitHeld"}))`
      : `jobs.${verb}({ name: "m${job}" })`,
  next: (jobs, { do: verb, job }) => {
    const known = jobs.get(job)
    const others = [...jobs].filter(([key]) => key !== job)
    const becoming = (states: ReadonlyArray<JobState>): Jobs => new Map([...others, [job, later(job, states)]])
    if (verb === "remove") return { allowed: ["done"], state: new Map(others) }
    if (verb === "submit" || verb === "submitHeld")
      return { allowed: ["done"], state: becoming(known ?? [verb === "submitHeld" ? "held" : "running"]) }
    if (known === undefined) return { allowed: verb === "cancel" ? ["NotFound", "done"] : ["NotFound"], state: jobs }
    const states = later(job, known)
    const mayBeOver = states.some(isEnd) && verb !== "cancel"
    return {
      allowed: mayBeOver ? ["done", "Conflict"] : ["done"],
      state: becoming(distinct(states.map((state) => after(verb, state))))
    }
  },
  call: (api, given, { do: verb, job }) => {
    if (verb === "submit" || verb === "submitHeld") return api.submit(specOf(given, job, verb === "submitHeld"))
    return api[verb]({ name: given.name(`m${job}`) })
  },
  settle: (api, given, jobs) =>
    Effect.gen(function* () {
      const seen = new Map<number, ReadonlyArray<JobState>>()
      for (const key of keys) {
        const name = given.name(`m${key}`)
        const states = jobs.get(key)
        if (states === undefined) {
          yield* expectRefusal(api.get({ name }), "NotFound", `get of ${name}`)
          continue
        }
        const settled = distinct(states.map((state) => (state === "running" ? (ends[key] ?? state) : state)))
        const { state } = yield* eventually(given.pace, {
          look: api.get({ name }),
          until: (job) => settled.includes(job.state),
          what: `job ${name} is ${settled.join(" or ")}`
        })
        seen.set(key, [state])
      }
      return seen
    })
}
