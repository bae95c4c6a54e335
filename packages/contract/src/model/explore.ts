import { Effect, Result } from "effect"
import * as fc from "fast-check"
import { Mismatch } from "../expect.ts"
import type { RuleResult } from "../Rule.ts"
import { type Model, printed } from "./Model.ts"

/** How many lists of commands to try, and from which seed. */
export interface Exploration {
  readonly seed: number
  readonly runs: number
}

type Commands<Command> = ReadonlyArray<Command | "settle">

const trialsMax = 200

/** Tries lists of commands from a seed. A list that fails is shortened as far as it still fails, and printed as code. */
export const explore = <Command, State, Api>(
  model: Model<Command, State, Api>,
  { runs, seed }: Exploration,
  attempt: (commands: Commands<Command>) => RuleResult
): RuleResult =>
  Effect.gen(function* () {
    const lists: fc.Arbitrary<Commands<Command>> = fc.array(
      fc.oneof({ weight: 5, arbitrary: model.commands }, { weight: 1, arbitrary: fc.constant("settle" as const) }),
      { minLength: 1, maxLength: 12 }
    )
    for (const commands of fc.sample(lists, { seed, numRuns: runs })) {
      const result = yield* Effect.result(attempt(commands))
      if (Result.isSuccess(result)) continue
      const least = yield* shrink(lists, commands, result.failure.message, attempt)
      return yield* new Mismatch({
        detail: `${least.why}\nseed ${seed}; the shortest commands that show it:\n${printed(model, least.commands)}`
      })
    }
  })

/** The smallest list found that still fails, within a bounded number of trials. */
const shrink = <Command>(
  lists: fc.Arbitrary<Commands<Command>>,
  found: Commands<Command>,
  why: string,
  attempt: (commands: Commands<Command>) => RuleResult
) =>
  Effect.gen(function* () {
    let least = { commands: found, why }
    let trials = 0
    let candidates = lists.shrink(found, undefined)
    while (trials++ < trialsMax) {
      const candidate = candidates.next()
      if (candidate.done === true) break
      const { context, value } = candidate.value
      const result = yield* Effect.result(attempt(value))
      if (Result.isSuccess(result)) continue
      least = { commands: value, why: result.failure.message }
      candidates = lists.shrink(value, context)
    }
    return least
  })
