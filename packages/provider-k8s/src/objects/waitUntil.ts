import type { ComputeError } from "@orrery/core"
import { Clock, Effect, Result } from "effect"

const paceUsualMs = 200
/** So many looks in a row that fail are the caller's to know. */
const failuresMax = 3

const pauseMs = ({ reason }: ComputeError, paceMs: number): number =>
  Math.max(paceMs, reason._tag === "Throttled" ? (reason.retryAfterMs ?? 0) : 0)

/**
 * Looks at a steady pace until it is so, or for so long; tells which. A look that fails for now tells nothing, and the next
 * is due anyway, no sooner than the server bears it: a wait of many looks does not begin anew because one of them was lost.
 */
export const waitUntil = <R>(
  look: Effect.Effect<boolean, ComputeError, R>,
  forMs: number,
  paceMs = paceUsualMs
): Effect.Effect<boolean, ComputeError, R> =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    let failures = 0
    while (true) {
      const seen = yield* Effect.result(look)
      if (Result.isSuccess(seen) && seen.success) return true
      failures = Result.isFailure(seen) ? failures + 1 : 0
      if (Result.isFailure(seen) && (seen.failure.retry !== "later" || failures === failuresMax))
        return yield* seen.failure
      if ((yield* Clock.currentTimeMillis) - began > forMs) return false
      yield* Effect.sleep(Result.isFailure(seen) ? pauseMs(seen.failure, paceMs) : paceMs)
    }
  })
