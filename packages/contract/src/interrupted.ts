import { Effect, Fiber } from "effect"
import type { Pace } from "./Backend.ts"

/** Runs the call and gives up at moments ever later, as a process that is killed and started again does; then to its end. */
export const interrupted = <A, E>({ pollMs }: Pace, call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.gen(function* () {
    for (const afterMs of [0, 1, Math.ceil(pollMs / 8), pollMs, pollMs * 4]) {
      const running = yield* Effect.forkChild(call)
      yield* Effect.sleep(afterMs)
      yield* Fiber.interrupt(running)
    }
    return yield* call
  })
