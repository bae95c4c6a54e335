import { Clock, Effect } from "effect"
import type { Plan, PlannedStep } from "../model/Plan.ts"
import type { ComputeError } from "../service/ComputeError.ts"

/** How far a plan has come. */
export interface Progress {
  readonly type: "started" | "done" | "failed"
  readonly atMs: number
  /** The step's place in the plan, from 0. */
  readonly index: number
  readonly steps: number
  readonly step: PlannedStep
  readonly error?: ComputeError
}

/** How a plan is carried out. */
export interface ApplyOptions {
  /** Does one step. It must be able to be done again: nothing remembers that it was done but the provider. */
  readonly perform: (step: PlannedStep) => Effect.Effect<void, ComputeError>
  readonly onProgress?: (progress: Progress) => Effect.Effect<void>
  /** Machines launched, or ended, at the same time; everything else goes one by one. */
  readonly concurrentMax?: number
}

type Numbered = readonly [index: number, step: PlannedStep]

/** Steps that may go side by side: machines next to each other in the plan that come, or that go. */
const batchesOf = (steps: ReadonlyArray<PlannedStep>): ReadonlyArray<ReadonlyArray<Numbered>> => {
  const batches: Array<Array<Numbered>> = []
  steps.forEach((step, index) => {
    const { type } = step.step
    const last = batches.at(-1)
    const isAlike = (type === "launch" || type === "terminate") && last?.[0]?.[1].step.type === type
    if (last !== undefined && isAlike) last.push([index, step])
    else batches.push([[index, step]])
  })
  return batches
}

/**
 * Carries out a plan in its order and stops at the first surprise. It keeps no notes: to resume, look again, plan again
 * and apply that.
 */
export const apply = (plan: Plan, options: ApplyOptions): Effect.Effect<void, ComputeError> => {
  const tell = (type: Progress["type"], [index, step]: Numbered, error?: ComputeError) =>
    options.onProgress === undefined
      ? Effect.void
      : Effect.flatMap(Clock.currentTimeMillis, (atMs) => {
          const progress: Progress = { type, atMs, index, steps: plan.steps.length, step }
          return options.onProgress?.(error === undefined ? progress : { ...progress, error }) ?? Effect.void
        })
  const run = (numbered: Numbered) =>
    tell("started", numbered).pipe(
      Effect.andThen(options.perform(numbered[1])),
      Effect.tapError((error) => tell("failed", numbered, error)),
      Effect.andThen(tell("done", numbered))
    )
  return Effect.forEach(
    batchesOf(plan.steps),
    (batch) => Effect.forEach(batch, run, { concurrency: options.concurrentMax ?? 8, discard: true }),
    { discard: true }
  )
}
