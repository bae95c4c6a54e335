import { readScenario } from "../life/readScenario.ts"
import type { Scenario } from "../life/Scenario.ts"
import { shrink } from "../shrink.ts"
import { type Outcome, type Plant, runScenario } from "./runSeed.ts"

/** The smallest scenario found that breaks the same promise in the same way. */
export const shrinkFailure = (
  scenario: Scenario,
  seed: number,
  failure: Exclude<Outcome, { readonly kind: "passed" }>,
  attemptsMax = 500,
  plant?: Plant
): Scenario =>
  shrink(
    scenario,
    (candidate) => {
      if ("problems" in readScenario(candidate)) return false
      const outcome = runScenario(candidate, seed, plant)
      return outcome.kind === failure.kind && outcome.invariant === failure.invariant
    },
    attemptsMax
  )
