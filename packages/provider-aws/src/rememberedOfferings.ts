import type { ComputeError, Offering } from "@orrery/core"
import { Clock, Effect } from "effect"
import type { Client } from "./Client.ts"
import { offerings } from "./offerings.ts"

/** How old offerings may be: types and zones hardly change, and prices of spot machines move slowly. */
const ageMsMax = 60_000

/** What can be rented, asked of EC2 once a minute at most for the same types. Failures are not remembered. */
export const rememberedOfferings = (): ((
  types: ReadonlyArray<string> | undefined
) => Effect.Effect<ReadonlyArray<Offering>, ComputeError, Client>) => {
  const known = new Map<string, { readonly atMs: number; readonly found: ReadonlyArray<Offering> }>()
  return Effect.fnUntraced(function* (types) {
    const key = types === undefined ? "" : types.toSorted().join(" ")
    const atMs = yield* Clock.currentTimeMillis
    for (const [old, { atMs: seenAtMs }] of known) if (atMs - seenAtMs >= ageMsMax) known.delete(old)
    const before = known.get(key)
    if (before !== undefined) return before.found
    const found = yield* offerings(types)
    known.set(key, { atMs, found })
    return found
  })
}
