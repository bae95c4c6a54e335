import type { Plan } from "@orrery/core"

/** The fleet at one moment. */
export interface PoolSample {
  readonly atMs: number
  readonly nodes: number
  readonly microUsdPerHour: number
  /** Of what the pool's machines have, in thousandths; absent where they have none of it. */
  readonly cpuPerMille?: number
  readonly memoryPerMille?: number
  readonly gpuPerMille?: number
}

/** One pool over the whole time. */
export interface PoolReport {
  readonly pool: string
  readonly nodesMin: number
  readonly nodesMax: number
  readonly machines: number
  readonly costMicroUsd: number
  /** Used of what there was, over all samples, in thousandths. */
  readonly cpuPerMille?: number
  readonly gpuPerMille?: number
  readonly samples: ReadonlyArray<PoolSample>
}

/** How long jobs waited before their first task ran. */
export interface Waiting {
  readonly jobs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** What came of running a fleet in virtual time. */
export interface FleetReport {
  readonly cluster: string
  readonly profile: string
  readonly seed: number
  readonly days: number
  /** What creating the cluster was going to do. */
  readonly plan: Plan
  readonly pools: ReadonlyArray<PoolReport>
  readonly totalMicroUsd: number
  readonly jobs: {
    readonly submitted: number
    readonly succeeded: number
    readonly failed: number
    readonly running: number
    readonly waiting: number
  }
  readonly waiting: Waiting
  readonly waitingByWorkload: Readonly<Record<string, Waiting>>
  readonly deployments: ReadonlyArray<{ readonly name: string; readonly desired: number; readonly ready: number }>
  /** Machines that ended without our asking, by reason. */
  readonly interruptions: Readonly<Record<string, number>>
  /** What could not be had, and how often it was asked for in vain. */
  readonly refused: ReadonlyArray<{ readonly what: string; readonly why: string; readonly count: number }>
  readonly faults: Readonly<Record<string, number>>
  readonly trace: { readonly lines: number; readonly hash: string }
}
