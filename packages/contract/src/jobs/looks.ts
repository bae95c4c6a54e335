import {
  type ComputeError,
  everywhere,
  isOver,
  type Job,
  type JobState,
  type JobStatus,
  type Scheduler
} from "@orrery/core"
import { Effect, Stream } from "effect"
import { eventually } from "../eventually.ts"
import type { Given } from "../Rule.ts"

type Jobs = Scheduler["Service"]

/** All jobs, in the order of their names. */
export const allJobs = (jobs: Jobs): Effect.Effect<ReadonlyArray<JobStatus>, ComputeError> =>
  Effect.map(Stream.runCollect(jobs.list(everywhere)), (found) =>
    found.toSorted((a, b) => (a.spec.name < b.spec.name ? -1 : 1))
  )

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

/**
 * Sees that a running job takes this much of what is free: less is free once it runs, or, where it got the very place that a
 * job before it had not given back yet, more is free once it has ended.
 */
export const takesWhileRunning = Effect.fnUntraced(function* (
  jobs: Jobs,
  given: Given,
  {
    amount,
    free,
    job
  }: { readonly amount: number; readonly free: Effect.Effect<number, ComputeError>; readonly job: Job }
) {
  const before = yield* free
  let lowest = before
  yield* jobs.submit(job)
  yield* reaches(jobs, given, job.name, "running")
  const fell = yield* eventually(given.pace, {
    look: free,
    until: (now) => {
      lowest = Math.min(lowest, now)
      return lowest <= before - amount
    },
    what: "less is free while the job runs"
  }).pipe(
    Effect.as(true),
    Effect.catchTag("Mismatch", () => Effect.succeed(false))
  )
  if (fell) return
  yield* jobs.cancel(job)
  yield* eventually(given.pace, {
    look: free,
    until: (now) => now >= lowest + amount,
    what: `free ${lowest} with the job and ${before} before it, and more once it has ended`
  })
})
