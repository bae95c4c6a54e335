// How much faster than real time `compute simulate examples/fleet.yaml` runs: seven days through the production services and
// loops. The goal is 50,000 times.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { readComputeFile } from "@orrery/core"
import { SimulationSpec, simulateFleet } from "@orrery/simulator"
import { Result } from "effect"
import type { BenchResult } from "../main.ts"

const goal = 50_000
const dayMs = 86_400_000
const file = join(import.meta.dirname, "..", "..", "..", "examples", "fleet.yaml")

/** Simulates the example's week once. */
export const run = async (): Promise<BenchResult> => {
  const read = Result.getOrThrow(readComputeFile(readFileSync(file, "utf8"), file, { simulation: SimulationSpec }))
  const beganMs = performance.now()
  const report = Result.getOrThrow(simulateFleet(read))
  const tookMs = performance.now() - beganMs
  const times = Math.round((report.days * dayMs) / tookMs)
  return {
    value: times,
    unit: "x real time",
    against: `the goal of ${goal}`,
    ratio: Number((times / goal).toFixed(2)),
    curve: [{ days: report.days, jobs: report.jobs.submitted, seconds: Number((tookMs / 1000).toFixed(1)) }]
  }
}
