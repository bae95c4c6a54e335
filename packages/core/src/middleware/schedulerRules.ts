import { Job } from "../model/Job.ts"
import type { Scheduler } from "../service/Scheduler.ts"
import { logRule, namespaceProblems, refProblems } from "./containerRules.ts"
import { podNeeds } from "./podNeeds.ts"
import { problemsOf } from "./problemsOf.ts"
import { above, type Rules } from "./Rule.ts"

const jobProblems = problemsOf(Job)

/** What each method of a scheduler needs. */
export const schedulerRules: Rules<Scheduler["Service"]> = {
  submit: (job) => {
    const problems = jobProblems(job)
    if (problems.length > 0) return { problems: () => problems }
    return {
      needs: [
        "jobs",
        ...(job.completions > 1 ? (["jobArrays"] as const) : []),
        ...(job.retries > 0 ? (["jobRetries"] as const) : []),
        ...(job.held ? (["hold"] as const) : []),
        ...podNeeds(job.pod)
      ],
      problems: ({ nameLengthMax, tasksPerJobMax }) => [
        ...above(job.name.length, nameLengthMax, "name", "characters"),
        ...above(job.completions, tasksPerJobMax, "completions", "tasks a job")
      ]
    }
  },
  get: (ref) => ({ needs: ["jobs"], problems: () => refProblems(ref) }),
  list: (namespace) => ({ needs: ["jobs"], problems: () => namespaceProblems(namespace) }),
  cancel: (ref) => ({ needs: ["jobs", "cancel"], problems: () => refProblems(ref) }),
  hold: (ref) => ({ needs: ["jobs", "hold"], problems: () => refProblems(ref) }),
  release: (ref) => ({ needs: ["jobs", "hold"], problems: () => refProblems(ref) }),
  remove: (ref) => ({ needs: ["jobs"], problems: () => refProblems(ref) }),
  logs: logRule,
  watch: (ref) => ({ needs: ["jobs", "jobEvents"], problems: () => refProblems(ref) }),
  why: (ref) => ({ needs: ["jobs", "why"], problems: () => refProblems(ref) })
}
