import { type ComputeError, Stale } from "@orrery/core"
import { Effect, Result } from "effect"
import type { Gate } from "./Gate.ts"
import type { World } from "./World.ts"

/** A list that is given out in pages: what comes after a key, in the order of the keys, and how it shows on a page. */
export interface Listed<A, B> {
  readonly operation: string
  readonly after: (key: string) => ReadonlyArray<A>
  readonly keyOf: (item: A) => string
  /** Whether a page may show how things were a while ago. */
  readonly lags?: boolean
  /** The thing as it was then; nothing where it was not there yet. */
  readonly show: (item: A, asOfMs: number) => B | undefined
}

/** A list is begun anew so often before its reader gives up. */
const beginningsMax = 5

/** How many things the page holds: fewer than asked for, at times none, and yet there may be more. */
const sizeOf = (world: World, operation: string): number => {
  if (world.dice.hitsCall(operation, "emptyPagePerMille")) return 0
  return world.dice.hitsCall(operation, "shortPagePerMille") ? 1 : world.profile.pageSize
}

/**
 * Reads a list as a client must: page by page until there is no further token, past empty pages, and from the beginning
 * where a token is no longer known. Each page is a call of its own, and shows its own moment.
 */
export const allPages = <A, B>(
  world: World,
  gate: Gate,
  list: Listed<A, B>
): Effect.Effect<ReadonlyArray<B>, ComputeError> => {
  const { after, keyOf, lags = false, operation, show } = list
  const page = (token: string | undefined) =>
    gate.call({
      operation,
      work: () => {
        const asOfMs = world.time.elapsedMs - (lags ? gate.lagMs(operation) : 0)
        if (token !== undefined && world.dice.hitsCall(operation, "expiredPagePerMille"))
          return Result.fail(
            new Stale({ backend: world.profile.name, operation, detail: "the page's token is no longer known" })
          )
        const rest = after(token ?? "")
        const entries = rest.slice(0, sizeOf(world, operation))
        const last = entries.at(-1)
        return Result.succeed({
          shown: entries.flatMap((item) => show(item, asOfMs) ?? []),
          next: rest.length === entries.length ? undefined : last === undefined ? (token ?? "") : keyOf(last)
        })
      }
    })
  const read = Effect.gen(function* () {
    const all: Array<B> = []
    let token: string | undefined
    do {
      const { next, shown } = yield* page(token)
      all.push(...shown)
      token = next
    } while (token !== undefined)
    return all
  })
  return Effect.retry(read, { times: beginningsMax - 1, while: ({ reason }) => reason._tag === "Stale" })
}
