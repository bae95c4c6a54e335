import { grouped, type JobStatus } from "@orrery/core"
import type { FleetReport } from "./FleetReport.ts"
import { waitingOf } from "./percentiles.ts"

/** What became of jobs, kept after the scheduler was told to forget them. */
export class JobBook {
  submitted = 0
  private readonly ended = new Map<string, JobStatus>()

  /** Notes a job that is over. */
  close(job: JobStatus): void {
    this.ended.set(`${job.spec.namespace}/${job.spec.name}`, job)
  }

  /** The totals, with the jobs that are still there at `nowMs`; those that wait still count with their wait so far. */
  totals(
    open: ReadonlyArray<JobStatus>,
    nowMs: number
  ): Pick<FleetReport, "failures" | "jobs" | "waiting" | "waitingByWorkload"> {
    const all = [...this.ended.values(), ...open]
    const count = (...states: ReadonlyArray<JobStatus["state"]>) =>
      all.filter((job) => states.includes(job.state)).length
    const waitOf = ({ startedAtMs, submittedAtMs }: JobStatus) => (startedAtMs ?? nowMs) - submittedAtMs
    const kinds = grouped(all, ({ spec }) => spec.labels.workload ?? spec.name)
    return {
      jobs: {
        submitted: this.submitted,
        succeeded: count("succeeded"),
        failed: count("failed", "cancelled"),
        running: count("running", "cancelling"),
        waiting: count("waiting", "held")
      },
      failures: failuresOf(all),
      waiting: waitingOf(all.map(waitOf)),
      waitingByWorkload: Object.fromEntries(
        [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([kind, jobs]) => [kind, waitingOf(jobs.map(waitOf))])
      )
    }
  }
}

/** Why jobs failed, and how many for each reason. */
const failuresOf = (jobs: ReadonlyArray<JobStatus>): FleetReport["failures"] => {
  const why = jobs.flatMap(({ reason, state }) => (state === "failed" ? [reason ?? "no reason was given"] : []))
  return Object.fromEntries(
    [...grouped(why, (reason) => reason)]
      .map(([reason, found]) => [reason, found.length] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  )
}
