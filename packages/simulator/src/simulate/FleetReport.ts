import { Schema } from "effect"

const Amount = Schema.Natural
const Counts = Schema.Record(Schema.String, Amount)

/** The pool's machines at one moment. Shares are of what they have, and absent where they have none of it. */
export const PoolSample = Schema.Struct({
  atMs: Amount.annotate({ description: "milliseconds after the start" }),
  nodes: Amount,
  microUsdPerHour: Amount,
  cpuPerMille: Schema.optionalKey(Amount),
  memoryPerMille: Schema.optionalKey(Amount),
  gpuPerMille: Schema.optionalKey(Amount)
})
export type PoolSample = typeof PoolSample.Type

/** One pool over the whole time. */
export const PoolReport = Schema.Struct({
  pool: Schema.String,
  nodesMin: Amount,
  nodesMax: Amount,
  machines: Amount.annotate({ description: "machines that were rented, one after another" }),
  costMicroUsd: Amount,
  cpuPerMille: Schema.optionalKey(Amount.annotate({ description: "used of what there was, over all samples" })),
  memoryPerMille: Schema.optionalKey(Amount),
  gpuPerMille: Schema.optionalKey(Amount),
  samples: Schema.Array(PoolSample)
})
export type PoolReport = typeof PoolReport.Type

/** How long jobs waited before their first task ran; those that wait still count with their wait so far. */
export const Waiting = Schema.Struct({
  jobs: Amount,
  p50Ms: Amount,
  p95Ms: Amount,
  p99Ms: Amount,
  maxMs: Amount
})
export type Waiting = typeof Waiting.Type

/** What was going to be done when the cluster was created, step by step. */
const Planned = Schema.Struct({
  cluster: Schema.String,
  steps: Schema.Array(
    Schema.Struct({
      step: Schema.Struct({
        type: Schema.String,
        pool: Schema.optionalKey(Schema.String),
        machine: Schema.optionalKey(Schema.String),
        replaces: Schema.optionalKey(Schema.String),
        market: Schema.optionalKey(Schema.Literal("on-demand")),
        deadlineMs: Schema.optionalKey(Amount),
        id: Schema.optionalKey(Schema.String)
      }),
      reason: Schema.String,
      deltaMicroUsdPerHour: Schema.Int,
      disruption: Schema.Literals(["none", "moves pods", "kills pods"])
    })
  ),
  deltaMicroUsdPerHour: Schema.Int,
  unmet: Schema.Array(Schema.String)
})

/** What came of running a fleet in virtual time. The same file and seed give the same report, byte for byte. */
export const FleetReport = Schema.Struct({
  cluster: Schema.String,
  profile: Schema.String,
  seed: Schema.Int,
  days: Amount,
  plan: Planned.annotate({ description: "what creating the cluster was going to do" }),
  pools: Schema.Array(PoolReport),
  totalMicroUsd: Amount,
  jobs: Schema.Struct({ submitted: Amount, succeeded: Amount, failed: Amount, running: Amount, waiting: Amount }),
  failures: Counts.annotate({ description: "jobs that failed, by reason" }),
  waiting: Waiting,
  waitingByWorkload: Schema.Record(Schema.String, Waiting),
  deployments: Schema.Array(Schema.Struct({ name: Schema.String, desired: Amount, ready: Amount })),
  interruptions: Counts.annotate({ description: "machines that ended without our asking, by reason" }),
  refused: Schema.Array(Schema.Struct({ what: Schema.String, why: Schema.String, count: Amount })).annotate({
    description: "what could not be had, why, and how often it was asked for in vain"
  }),
  faults: Counts.annotate({ description: "faults that were played, by kind" }),
  trace: Schema.Struct({ lines: Amount, hash: Schema.String }).annotate({
    description: "everything that happened, as a number of lines and a hash chained over them"
  })
})
export type FleetReport = typeof FleetReport.Type

/** JSON Schema (draft 2020-12) of the report, for programs that read it. */
export const fleetReportJsonSchema = (): object => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(FleetReport)
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "What came of a simulated fleet, as `compute simulate -o json` prints it",
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
}
