import type { ComputeError } from "@orrery/core"
import { Effect, Exit, Fiber, Ref, Stream } from "effect"
import type { Pace } from "./Backend.ts"
import { Mismatch } from "./expect.ts"

/** A stream that is read beside the check. */
export interface Gathered<A> {
  /** What it has given so far; fails with the stream. */
  readonly seen: Effect.Effect<ReadonlyArray<A>, ComputeError>
  readonly isOpen: Effect.Effect<boolean>
  /** Waits for its end, which must come within the backend's settle time, and gives all that it gave. */
  readonly ended: Effect.Effect<ReadonlyArray<A>, Mismatch | ComputeError>
}

/** Reads a stream beside the check; `what` names it where it does not end. */
export const gathered = <A>(
  { settleMs }: Pace,
  what: string,
  stream: Stream.Stream<A, ComputeError>
): Effect.Effect<Gathered<A>> =>
  Effect.gen(function* () {
    const given = yield* Ref.make<ReadonlyArray<A>>([])
    const reading = yield* Effect.forkChild(
      Stream.runForEach(stream, (item) => Ref.update(given, (items) => [...items, item]))
    )
    const end = Effect.timeoutOrElse(Fiber.join(reading), {
      duration: settleMs,
      orElse: () => new Mismatch({ detail: `${what} did not end` })
    })
    return {
      seen: Effect.suspend(() => reading.pollUnsafe() ?? Exit.void).pipe(Effect.andThen(Ref.get(given))),
      isOpen: Effect.sync(() => reading.pollUnsafe() === undefined),
      ended: Effect.andThen(end, Ref.get(given))
    }
  })
