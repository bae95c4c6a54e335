import { type ComputeError, isOver, type JobState, type JobStatus, type Scheduler } from "@orrery/core"
import { Effect, Stream } from "effect"
import { eventually } from "../eventually.ts"
import type { Given } from "../Rule.ts"

type Jobs = Scheduler["Service"]

/** All jobs, in the order of their names. */
export const allJobs = (jobs: Jobs): Effect.Effect<ReadonlyArray<JobStatus>, ComputeError> =>
  Effect.map(Stream.runCollect(jobs.list()), (found) => found.toSorted((a, b) => (a.spec.name < b.spec.name ? -1 : 1)))

/** What must be the same before and after a call that was refused. */
export const jobsState = (jobs: Jobs) => Effect.map(allJobs(jobs), (all) => all.map(({ id, spec }) => ({ id, spec })))

/** Waits until the job is in this state; ends early where it is over otherwise. */
export const reaches = (jobs: Jobs, { pace }: Given, name: string, state: JobState) =>
  eventually(pace, {
    look: jobs.get({ name }),
    until: (job) => job.state === state,
    what: `job ${name} is ${state}`
  })

/** Waits until the job is over. */
export const isDone = (jobs: Jobs, { pace }: Given, name: string) =>
  eventually(pace, { look: jobs.get({ name }), until: ({ state }) => isOver(state), what: `job ${name} is over` })
