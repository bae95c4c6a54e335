import { Effect } from "effect"
import { because, type Middleware, middleware, Unavailable } from "../../src/index.ts"

/** What befalls a port's calls, counted over all of them from 1. */
export interface Faults {
  /** The program ends at this call: before it has an effect, or after it and before its answer. */
  readonly crash?: { readonly call: number; readonly when: "before" | "after" }
  /** Calls that take effect and whose answer is lost. */
  readonly lost?: (call: number) => boolean
}

/** How many calls were made. */
export interface Counter {
  calls: number
}

const answerLost = (operation: string) =>
  Effect.fail(because(new Unavailable({ backend: "memory", operation, detail: "the answer was lost" })))

/** Faults around every call of a port; streams are left alone. */
export const faulty = (counter: Counter, { crash, lost }: Faults): Middleware =>
  middleware({
    effect: ({ name }, _args, call) =>
      Effect.suspend(() => {
        const number = ++counter.calls
        if (crash?.call === number)
          return crash.when === "before" ? Effect.interrupt : Effect.andThen(call, Effect.interrupt)
        return lost?.(number) === true ? Effect.andThen(call, answerLost(name)) : call
      }),
    stream: (_operation, _args, call) => call
  })
