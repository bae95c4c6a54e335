import { readFileSync } from "node:fs"
import { readComputeFile } from "@orrery/core"
import { Result } from "effect"
import { assert, describe, it } from "vitest"
import { keepChecking } from "../../src/check/invariants.ts"
import { costInTrace, traceProblems } from "../../src/check/traceProblems.ts"
import { quietWeek, SimulationSpec } from "../../src/simulate/SimulationSpec.ts"
import { type FleetFile, simulateFleet } from "../../src/simulate/simulateFleet.ts"

const dayMs = 86_400_000
const example = Result.getOrThrow(
  readComputeFile(readFileSync(new URL("../../../../examples/fleet.yaml", import.meta.url), "utf8"), "fleet.yaml", {
    simulation: SimulationSpec
  })
)

/** One day of the example, from a seed. */
const oneDay = (seed: number, faults: SimulationSpec["faults"] = "none"): FleetFile => ({
  ...example,
  simulation: {
    ...(example.simulation ?? quietWeek),
    seed,
    faults,
    days: 1,
    workload: example.simulation?.workload.filter(({ name }) => faults === "none" || name === "crunch") ?? []
  }
})

const run = (file: FleetFile) => {
  let trace = ""
  const problems: Array<string> = []
  const result = simulateFleet(file, {
    onTrace: (chunk) => (trace += chunk),
    onStart: (backend) => keepChecking(backend, { everyMs: 600_000, untilMs: dayMs, tell: (it) => problems.push(it) })
  })
  return { report: Result.getOrThrow(result), trace, problems }
}

describe("simulateFleet", () => {
  it("grows and shrinks the example, runs its jobs, and breaks no invariant", () => {
    const { problems, report, trace } = run(oneDay(7))
    assert.deepStrictEqual(problems, [])
    assert.deepStrictEqual(traceProblems(trace), [])
    const batch = report.pools.find(({ pool }) => pool === "batch")
    assert.isAbove(batch?.nodesMax ?? 0, 3)
    assert.isBelow(batch?.nodesMin ?? 99, batch?.nodesMax ?? 0)
    const { failed, running, submitted, succeeded, waiting } = report.jobs
    assert.isAbove(succeeded, 100)
    assert.strictEqual(failed + running + succeeded + waiting, submitted, "every job is accounted for")
    assert.isAtMost(report.waiting.p50Ms, report.waiting.p95Ms)
    assert.isAtMost(report.waiting.p95Ms, report.waiting.p99Ms)
    assert.deepStrictEqual(
      report.deployments.map(({ desired, ready }) => desired - ready),
      [0, 0]
    )
    assert.isAbove(report.plan.steps.length, 0)
    assert.strictEqual(
      report.totalMicroUsd,
      costInTrace(trace, "fleet", dayMs),
      "the bill follows from the trace alone"
    )
  }, 120_000)

  it("gives the same bytes for the same seed, also on a bad day", () => {
    const [first, second] = [3, 3].map((seed) => run(oneDay(seed, "bad-day")))
    assert.isAbove(first?.report.trace.lines ?? 0, 500)
    assert.strictEqual(first?.trace, second?.trace)
    assert.deepStrictEqual(first?.report, second?.report)
    assert.isAbove(Object.keys(first?.report.faults ?? {}).length, 3, "faults really occur")
    assert.deepStrictEqual(first?.problems, [])
    assert.deepStrictEqual(traceProblems(first?.trace ?? ""), [])
  }, 240_000)

  it("says what a file lacks", () => {
    const { cluster: _, ...file } = example
    assert.deepStrictEqual(simulateFleet(file), Result.fail("there is no cluster in this file to be simulated"))
  })
})
