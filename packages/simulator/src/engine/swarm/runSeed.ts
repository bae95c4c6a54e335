import { Agenda } from "../Agenda.ts"
import { Auditor } from "../check/Auditor.ts"
import type { Violation } from "../check/Violation.ts"
import type { Cluster } from "../life/Cluster.ts"
import { Life } from "../life/Life.ts"
import { makeParts, type Parts } from "../life/Parts.ts"
import type { Scenario } from "../life/Scenario.ts"
import { Streams } from "../Streams.ts"

/** How a run may fail. */
export type FailureKind = "crash" | "liveness" | "safety" | "nondeterminism"

/** How a run went. */
export type Outcome =
  | { readonly kind: "passed"; readonly digest: string; readonly events: number }
  | { readonly kind: FailureKind; readonly invariant: string; readonly message: string }

/** Makes an engine with a fault, to see whether anybody notices. */
export interface Plant {
  /** What the engine is told instead of the scenario it is judged by. */
  readonly believes?: (scenario: Scenario) => Scenario
  readonly parts?: (parts: Parts, scenario: Scenario) => Parts
  readonly cluster?: (cluster: Cluster) => void
}

const eventsMax = 3_000_000
const compareMs = 600_000

/** The parts a seed is judged with: in half of the runs, events of equal rank come in a drawn order, so that nothing comes to depend on theirs. */
export const partsOf = (scenario: Scenario, seed: number): Parts => {
  const streams = new Streams(seed)
  const ties = streams.named("tieShuffle")
  const parts = makeParts(scenario, streams)
  return ties.below(2) === 0 ? parts : { ...parts, agenda: new Agenda({ tieSeed: ties.uint32() }) }
}

const runOnce = (scenario: Scenario, seed: number, plant: Plant): Outcome => {
  const auditor = new Auditor(scenario)
  const believed = plant.believes?.(scenario) ?? scenario
  const parts = partsOf(believed, seed)
  const life = new Life(believed, seed, { witness: auditor.witness }, plant.parts?.(parts, believed) ?? parts)
  plant.cluster?.(life.cluster)
  for (let untilMs = 0; untilMs < scenario.endMs && auditor.violations.length === 0; untilMs += compareMs) {
    if (!life.run(untilMs, eventsMax).isComplete) return fail("liveness", "livelock", `more than ${eventsMax} events`)
    auditor.compare(life.census())
  }
  if (auditor.violations.length > 0) return failed(auditor.violations)
  const { digest, events, isComplete, microUsd } = life.run(scenario.endMs, eventsMax)
  if (!isComplete) return fail("liveness", "livelock", `more than ${eventsMax} events`)
  const violations = auditor.close(life.census(), microUsd)
  return violations.length > 0 ? failed(violations) : { kind: "passed", digest, events }
}

const fail = (kind: FailureKind, invariant: string, message: string): Outcome => ({ kind, invariant, message })

const failed = (violations: ReadonlyArray<Violation>): Outcome => {
  const first = violations[0] as Violation
  const kind = first.invariant === "liveness" ? "liveness" : "safety"
  return fail(kind, first.invariant, `at ${first.timeMs} ms: ${first.message}`)
}

/** Runs a scenario twice and judges it: no promise is broken, and both runs are the same. */
export const runScenario = (scenario: Scenario, seed: number, plant: Plant = {}): Outcome => {
  try {
    const first = runOnce(scenario, seed, plant)
    if (first.kind !== "passed") return first
    const second = runOnce(scenario, seed, plant)
    return second.kind === "passed" && second.digest === first.digest
      ? first
      : fail(
          "nondeterminism",
          "digest",
          `${first.digest}, then ${second.kind === "passed" ? second.digest : second.kind}`
        )
  } catch (cause) {
    return fail("crash", "exception", cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))
  }
}
