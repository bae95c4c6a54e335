import { Effect, Random } from "effect"

/** Doubles with each attempt up to a longest, with the upper half drawn, so that many who failed at once do not come back at once. */
export const growingDelay = (
  attempt: number,
  { delayMs, delayMsMax }: { readonly delayMs: number; readonly delayMsMax: number }
): Effect.Effect<number> =>
  Effect.map(Random.next, (drawn) => {
    const longest = Math.min(delayMsMax, delayMs * 2 ** Math.min(attempt - 1, 30))
    return Math.ceil(longest / 2 + (longest / 2) * drawn)
  })
