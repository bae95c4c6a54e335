import { type ClusterSpec, ComputeError, type Deployment, type Job } from "@orrery/core"
import { Cause, Exit, Result } from "effect"
import { badDay, quiet } from "../provider/FaultPlan.ts"
import { type SimulatedBackend, simulated } from "../provider/simulated.ts"
import { runVirtual } from "../time/runVirtual.ts"
import { VirtualTime } from "../time/VirtualTime.ts"
import type { FleetReport } from "./FleetReport.ts"
import { liveFleet } from "./liveFleet.ts"
import { Meter } from "./Meter.ts"
import { quietWeek, type SimulationSpec } from "./SimulationSpec.ts"

/** What a file asks for, as far as a simulation needs it. */
export interface FleetFile {
  readonly cluster?: ClusterSpec
  readonly deployments: ReadonlyArray<Deployment>
  readonly jobs: ReadonlyArray<Job>
  readonly simulation?: SimulationSpec
}

export interface SimulateFleetOptions {
  /** Where the lines of the trace go. */
  readonly onTrace?: (chunk: string) => void
  /** Given the backend before time begins, to be looked at from outside meanwhile. */
  readonly onStart?: (backend: SimulatedBackend) => void
}

/** A Monday at midnight, so that weeks begin where people expect it. */
const mondayMs = Date.UTC(2024, 0, 1)
const dayMs = 86_400_000
const sampleEveryMs = 900_000

/**
 * Runs the cluster, deployments and jobs of a file through the production services and loops, on a simulated backend, for
 * as many virtual days as its `simulation` section says. A function of the file alone. Fails with a sentence for a person.
 */
export const simulateFleet = (
  file: FleetFile,
  { onStart, onTrace }: SimulateFleetOptions = {}
): Result.Result<FleetReport, string> => {
  const spec = file.simulation ?? quietWeek
  const { cluster } = file
  if (cluster === undefined) return Result.fail("there is no cluster in this file to be simulated")
  const time = new VirtualTime(mondayMs)
  const backend = simulated({
    profile: spec.profile,
    seed: spec.seed,
    faults: spec.faults === "none" ? quiet : badDay,
    time,
    ...(onTrace === undefined ? {} : { onTrace })
  })
  const untilMs = spec.days * dayMs
  const pools = cluster.nodePools.map(({ name }) => name)
  const meter = new Meter(backend, { cluster: cluster.name, pools, untilMs })
  meter.start(sampleEveryMs)
  onStart?.(backend)
  const life = runVirtual(liveFleet({ backend, cluster, deployments: file.deployments, jobs: file.jobs, spec }), {
    time,
    streams: backend.world.streams,
    name: `the fleet of ${cluster.name}`
  })
  backend.world.trace.flush()
  if (life._tag !== "Done") return Result.fail(life.message)
  if (Exit.isFailure(life.exit)) return Result.fail(sentenceOf(life.exit.cause))
  const reports = meter.reports()
  return Result.succeed({
    cluster: cluster.name,
    profile: spec.profile,
    seed: spec.seed,
    days: spec.days,
    ...life.exit.value,
    pools: reports,
    totalMicroUsd: reports.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
    interruptions: interruptionsOf(backend),
    faults: Object.fromEntries([...backend.world.dice.counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    trace: { lines: backend.world.trace.lines, hash: backend.world.trace.hash }
  })
}

const sentenceOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return error instanceof ComputeError ? `${error.message}\n    ${error.remedy}` : Cause.pretty(cause)
}

/** Machines that ended by themselves, counted by reason. */
const interruptionsOf = ({ park }: SimulatedBackend): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>()
  for (const { endReason } of park.machines.values())
    if (endReason !== undefined && endReason !== "terminated") counts.set(endReason, (counts.get(endReason) ?? 0) + 1)
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
