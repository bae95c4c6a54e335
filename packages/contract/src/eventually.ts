import type { ComputeError } from "@orrery/core"
import { Clock, Effect, Option } from "effect"
import type { Pace } from "./Backend.ts"
import { canonical, Mismatch } from "./expect.ts"

/** What to look at, what it should come to, and how to say so. */
export interface Expectation<A> {
  readonly look: Effect.Effect<A, Mismatch | ComputeError>
  readonly until: (seen: NoInfer<A>) => boolean
  readonly what: string
}

const brief = (seen: unknown): string => {
  const text = canonical(seen)
  return text.length > 500 ? `${text.slice(0, 500)}...` : text
}

/** A list that lags does not know yet what was just made, so that not finding it is no failure until time is over. */
const ifFound = <A>(
  look: Effect.Effect<A, Mismatch | ComputeError>
): Effect.Effect<Option.Option<A>, Mismatch | ComputeError> =>
  Effect.catchIf(
    Effect.asSome(look),
    (error) => error._tag === "ComputeError" && error.reason._tag === "NotFound",
    () => Effect.succeedNone
  )

/** Looks again and again until it is so, and fails with what was seen last when the backend's settle time is over. */
export const eventually = <A>(
  { pollMs, settleMs }: Pace,
  { look, until, what }: Expectation<A>
): Effect.Effect<A, Mismatch | ComputeError> =>
  Effect.gen(function* () {
    const startedAtMs = yield* Clock.currentTimeMillis
    while (true) {
      const seen = yield* ifFound(look)
      if (Option.isSome(seen) && until(seen.value)) return seen.value
      if ((yield* Clock.currentTimeMillis) - startedAtMs >= settleMs)
        return yield* new Mismatch({
          detail: `${what}: not so within ${settleMs} ms, last seen ${brief(Option.getOrElse(seen, () => "nothing"))}`
        })
      yield* Effect.sleep(pollMs)
    }
  })

/** Waits a little and looks whether it is still so: what is doubled or lost late shows then, for good. */
export const stays = <A>(pace: Pace, expectation: Expectation<A>): Effect.Effect<void, Mismatch | ComputeError> =>
  Effect.andThen(Effect.sleep(pace.pollMs * 3), Effect.asVoid(eventually(pace, expectation)))

/** What is seen twice in a row: on a backend whose lists lag, one look may show what was before. */
export const steady = <A, E>({ pollMs, settleMs }: Pace, look: Effect.Effect<A, E>): Effect.Effect<A, E | Mismatch> =>
  Effect.gen(function* () {
    const startedAtMs = yield* Clock.currentTimeMillis
    let before = yield* look
    while (true) {
      yield* Effect.sleep(pollMs)
      const now = yield* look
      if (canonical(now) === canonical(before)) return now
      if ((yield* Clock.currentTimeMillis) - startedAtMs >= settleMs)
        return yield* new Mismatch({ detail: `what exists does not come to rest within ${settleMs} ms` })
      before = now
    }
  })
