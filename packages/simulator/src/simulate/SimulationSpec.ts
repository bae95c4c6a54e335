import { defaultTo } from "@orrery/core"
import { Schema } from "effect"
import { Workload } from "../workload/Workload.ts"

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
})
export type SimulationSpec = typeof SimulationSpec.Type

/** What a file without the section runs: a week in which nothing is asked for beyond what the file names. */
export const quietWeek: SimulationSpec = { seed: 1, days: 7, profile: "aws", faults: "none", workload: [] }
