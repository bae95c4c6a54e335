import { defaultTo } from "@orrery/core"
import { Schema } from "effect"
import { Workload } from "../workload/Workload.ts"

/** So many jobs may come in one simulation: more take hours, and nobody would see an end of it. */
export const simulatedJobsMax = 200_000

/** What the kinds of jobs bring in so many days at most, were all days working days. */
const jobsOf = (workload: ReadonlyArray<Workload>, days: number): number =>
  workload.reduce((sum, { jobsPerDay }) => sum + jobsPerDay * days, 0)

/** The `simulation` section of a file: what happens to the fleet, from which seed, and for how long. */
export const SimulationSpec = Schema.Struct({
  seed: Schema.Natural.pipe(defaultTo(1)),
  days: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 366 })).pipe(defaultTo(7)),
  /** The backend that is played. */
  profile: Schema.Literals(["aws", "k8s", "condor", "ideal"]).pipe(defaultTo("aws")),
  faults: Schema.Literals(["none", "bad-day"]).pipe(defaultTo("none")),
  workload: Schema.Array(Workload)
    .check(
      Schema.makeFilter((kinds) =>
        kinds.flatMap(({ name }, index) =>
          kinds.findIndex((other) => other.name === name) < index
            ? [{ path: [index, "name"], issue: `another kind of job is named ${JSON.stringify(name)} already` }]
            : []
        )
      )
    )
    .pipe(defaultTo([]))
}).check(
  Schema.makeFilter(({ days, workload }) => {
    const jobs = jobsOf(workload, days)
    return jobs <= simulatedJobsMax
      ? []
      : [{ path: ["workload"], issue: `found ${jobs} jobs in ${days} days, allowed: at most ${simulatedJobsMax}` }]
  })
)
export type SimulationSpec = typeof SimulationSpec.Type

/** What a file without the section runs: a week in which nothing is asked for beyond what the file names. */
export const quietWeek: SimulationSpec = { seed: 1, days: 7, profile: "aws", faults: "none", workload: [] }
