import { Effect } from "effect"

const signals = ["SIGINT", "SIGTERM"] as const

/**
 * Long work in one go, in which no handler of ours could run. Ctrl-C ends the process meanwhile as if it had none; there
 * must be nothing that needs to be put in order.
 */
export const atOnce = <A>(work: () => A): Effect.Effect<A> =>
  Effect.acquireUseRelease(
    Effect.sync(() =>
      signals.map((signal) => {
        const listeners = process.listeners(signal)
        process.removeAllListeners(signal)
        return { signal, listeners }
      })
    ),
    () => Effect.sync(work),
    (removed) =>
      Effect.sync(() => {
        for (const { listeners, signal } of removed) for (const listener of listeners) process.on(signal, listener)
      })
  )
