import type { Job } from "./Pool.ts"

/** Neighbours in the queue that are alike, sent to the negotiator as one request with a count. */
export interface ResourceRequest {
  readonly autoCluster: number
  readonly jobs: ReadonlyArray<Job>
}

/** A submitter's queue as the list of requests its schedd sends. */
export const requestsOf = (jobs: ReadonlyArray<Job>): ReadonlyArray<ResourceRequest> => {
  const requests: Array<{ readonly autoCluster: number; readonly jobs: Array<Job> }> = []
  for (const job of jobs) {
    const last = requests.at(-1)
    if (last?.autoCluster === job.autoCluster) last.jobs.push(job)
    else requests.push({ autoCluster: job.autoCluster, jobs: [job] })
  }
  return requests
}
