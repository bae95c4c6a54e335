import { Effect } from "effect"
import { expectSame } from "../expect.ts"
import { interrupted } from "../interrupted.ts"
import { leavesForeignAlone } from "../leavesForeignAlone.ts"
import { jobRule } from "../Rule.ts"
import { jobOf } from "../specs.ts"
import { allJobs, isDone } from "./looks.ts"

/** What must hold although a caller dies in the middle, and although others use the same queue. */
export const jobCrashing = [
  jobRule("submit that is cut short at any moment and run again is once [T33]", ["jobs"], (jobs, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* interrupted(given.pace, jobs.submit(jobOf(given, name)))
      const job = yield* isDone(jobs, given, name)
      yield* expectSame([job.state, job.attempts.length], ["succeeded", 1], "state and attempts")
      yield* expectSame((yield* allJobs(jobs)).filter(({ spec }) => spec.name === name).length, 1, "jobs of that name")
    })
  ),
  jobRule("a job's whole life touches no job that is not ours [T33]", ["jobs", "foreign"], (jobs, given) => {
    const name = given.name("a")
    return leavesForeignAlone(
      given,
      [name],
      Effect.gen(function* () {
        yield* jobs.submit(jobOf(given, name))
        yield* isDone(jobs, given, name)
        yield* jobs.remove({ name })
      })
    )
  })
]
