import type { ComputeError } from "@orrery/core"
import { Effect, Stream } from "effect"
import type { Pace } from "./Backend.ts"
import { type Gathered, gathered } from "./gathered.ts"

/** So often a watch may fail before it counts as broken. */
const cutsMax = 3

const opened = <A>(
  pace: Pace,
  watch: Stream.Stream<A, ComputeError>,
  cutsLeft = cutsMax
): Stream.Stream<A, ComputeError> =>
  Stream.catch(watch, (error) =>
    cutsLeft > 0 && (error.retry === "later" || error.retry === "exhausted")
      ? Stream.unwrap(Effect.as(Effect.sleep(pace.pollMs), opened(pace, watch, cutsLeft - 1)))
      : Stream.fail(error)
  )

/**
 * Reads a watch beside the check as an app does: one that fails, with a reason to try later, is opened anew and begins with
 * what is there by then. One that ends too early or falls silent breaks its promise.
 */
export const watched = <A>(
  pace: Pace,
  what: string,
  watch: Stream.Stream<A, ComputeError>
): Effect.Effect<Gathered<A>> => gathered(pace, what, opened(pace, watch))

/** A watch that was left after its first event and is opened anew after `meanwhile`: the same stream run again, and another. */
export const openedAnew = <A, E>(
  pace: Pace,
  ask: () => Stream.Stream<A, ComputeError>,
  meanwhile: Effect.Effect<unknown, E>
): Effect.Effect<ReadonlyArray<Gathered<A>>, E | ComputeError> =>
  Effect.gen(function* () {
    const first = ask()
    yield* Stream.runHead(opened(pace, first))
    yield* meanwhile
    return [yield* watched(pace, "the same watch again", first), yield* watched(pace, "the second watch", ask())]
  })
