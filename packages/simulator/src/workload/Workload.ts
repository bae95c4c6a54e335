import { DurationMs, defaultTo, inFile, Labels, Name, Resources, Toleration } from "@orrery/core"
import { Schema } from "effect"

/** When jobs of a kind come: evenly, in office hours, or at night. */
export const Rhythm = Schema.Literals(["even", "office", "night"])
export type Rhythm = typeof Rhythm.Type

const Percent = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 300 }))

/** One kind of job that keeps coming. */
export const Workload = Schema.Struct({
  name: Name,
  /** So many on a working day, on average. */
  jobsPerDay: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 })),
  rhythm: Rhythm.pipe(defaultTo("even")),
  /** On a Saturday or Sunday, of a working day's. */
  weekendPercent: Percent.pipe(defaultTo(100)),
  /** What the middle one of them takes, and how far the others are from it. */
  durationMs: inFile("duration", DurationMs),
  spreadPercent: Percent.pipe(defaultTo(50)),
  requests: Resources,
  tasks: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })).pipe(defaultTo(1)),
  retries: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000 })).pipe(defaultTo(3)),
  priority: Schema.Int.pipe(defaultTo(0)),
  nodeSelector: Labels.pipe(defaultTo({})),
  tolerations: Schema.Array(Toleration).pipe(defaultTo([]))
})
export type Workload = typeof Workload.Type
