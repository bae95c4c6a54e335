import { Effect } from "effect"

const signals = ["SIGINT", "SIGTERM"] as const

/** The end of a turn of the event loop. */
const turnEnds = Effect.callback<void>((resume) => {
  const turn = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(turn))
})

/** A signal that came while we were busy is heard in the next turn; it would be lost with its listeners. */
const signalsHeard = Effect.andThen(turnEnds, turnEnds)

const removeListeners = Effect.sync(() =>
  signals.map((signal) => {
    const listeners = process.listeners(signal)
    process.removeAllListeners(signal)
    return { signal, listeners }
  })
)

/**
 * Long work in one go, in which no handler of ours could run. Ctrl-C ends the process meanwhile as if it had none; there
 * must be nothing that needs to be put in order.
 */
export const atOnce = <A>(work: () => A): Effect.Effect<A> =>
  Effect.andThen(
    signalsHeard,
    Effect.acquireUseRelease(
      removeListeners,
      () => Effect.sync(work),
      (removed) =>
        Effect.sync(() => {
          for (const { listeners, signal } of removed) for (const listener of listeners) process.on(signal, listener)
        })
    )
  )
