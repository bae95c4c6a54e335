import { Clock, Effect } from "effect"
import { type Turn, turnOf } from "../decide/turnOf.ts"
import type { JobState } from "../model/Job.ts"
import type { ComputeError } from "../service/ComputeError.ts"
import { control } from "./control.ts"

/** A queue of jobs that knows nothing of jobs that wait for others, and what of it keeps and lets go. */
export interface Dependents<Waiting> {
  /** The jobs that wait for others, and were not let go yet. */
  readonly waiting: Effect.Effect<ReadonlyArray<Waiting>, ComputeError>
  readonly after: (job: Waiting) => ReadonlyArray<string>
  /** How one of those it waits for is; `undefined` where there is no such job. */
  readonly stateOf: (job: Waiting, name: string) => Effect.Effect<JobState | undefined, ComputeError>
  readonly letGo: (job: Waiting) => Effect.Effect<void, ComputeError>
  readonly cancel: (job: Waiting, why: string) => Effect.Effect<void, ComputeError>
}

/** Lets go every job whose predecessors have succeeded, and cancels those that wait in vain. One pass; twice is once. */
export const settleDependencies = <Waiting>(of: Dependents<Waiting>): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    for (const job of yield* of.waiting) {
      const before = yield* Effect.forEach(of.after(job), (name) =>
        Effect.map(of.stateOf(job, name), (state) => [name, state] as const)
      )
      const turn: Turn = turnOf(before)
      if (turn._tag === "Go") yield* of.letGo(job)
      if (turn._tag === "Never") yield* of.cancel(job, turn.why)
    }
  })

/** The same at a steady pace, for as long as it is let run. */
export const keepDependencies = <Waiting>(of: Dependents<Waiting>, everyMs: number): Effect.Effect<never> =>
  control({
    name: "dependencies of jobs",
    everyMs,
    observe: Effect.map(Clock.currentTimeMillis, (takenAtMs) => ({ takenAtMs, seen: undefined })),
    decide: () => settleDependencies(of),
    act: (work) => work
  })
