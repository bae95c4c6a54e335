import type { ComputeError } from "@orrery/core"
import { Effect } from "effect"
import { expectSame, type Mismatch } from "./expect.ts"
import type { Given } from "./Rule.ts"

/** A list, what comes and goes while it is read, and the names that are there all the time. */
export interface Changing {
  readonly list: Effect.Effect<ReadonlyArray<string>, ComputeError>
  readonly come: Effect.Effect<unknown, ComputeError>
  readonly go: Effect.Effect<unknown, ComputeError>
  readonly staying: ReadonlyArray<string>
}

const times = 8

/** Lists again and again: what stays is told each time and once, whatever comes and goes beside it. */
export const whileOthersChange = (
  { pace }: Given,
  { come, go, list, staying }: Changing
): Effect.Effect<void, ComputeError | Mismatch> =>
  Effect.gen(function* () {
    const shortMs = Math.ceil(pace.pollMs / 10)
    const pause = Effect.sleep(shortMs)
    yield* Effect.forkScoped(Effect.forever(Effect.all([Effect.ignore(come), pause, Effect.ignore(go), pause])))
    for (let time = 0; time < times; time++) {
      yield* pause
      const told = (yield* list).filter((name) => staying.includes(name))
      yield* expectSame(told.toSorted(), staying.toSorted(), "what stays while others come and go")
    }
  }).pipe(Effect.scoped)
