import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

/** Runs work to its end while virtual time passes, and gives how it ended. */
export const timely = <A, E, R>(work: Effect.Effect<A, E, R>, step: "1 second" | "5 seconds" = "5 seconds") =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(work)
    for (let waited = 0; waited < 2_000 && fiber.pollUnsafe() === undefined; waited++) yield* TestClock.adjust(step)
    return yield* Fiber.await(fiber)
  })

/** The same for work that must succeed. */
export const succeeds = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.flatMap(timely(work), (exit) => exit)
