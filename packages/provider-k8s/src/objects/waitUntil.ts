import type { ComputeError } from "@orrery/core"
import { Clock, Effect } from "effect"
import { bear, paceUsualMs } from "./bear.ts"

/** Looks at a steady pace until it is so, or for so long; tells which. Bears looks that are lost. */
export const waitUntil = <R>(
  look: Effect.Effect<boolean, ComputeError, R>,
  forMs: number,
  paceMs = paceUsualMs
): Effect.Effect<boolean, ComputeError, R> =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    while (true) {
      if (yield* bear(look, paceMs)) return true
      if ((yield* Clock.currentTimeMillis) - began > forMs) return false
      yield* Effect.sleep(paceMs)
    }
  })
