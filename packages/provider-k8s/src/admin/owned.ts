import { because, Conflict } from "@orrery/core"
import { Effect } from "effect"
import { type Call, Client } from "../Client.ts"
import { isMine } from "../objects/labels.ts"
import { find } from "../objects/stored.ts"
import type { WireObject } from "../objects/wire.ts"

/** One thing of ours, or undefined where there is none. Refuses to touch what somebody else made. */
export const findOwned = Effect.fnUntraced(function* <A extends WireObject>(call: Call) {
  const found = yield* find<A>(call)
  if (found === undefined || isMine(found)) return found
  const { kind, name, operation } = call
  return yield* because(new Conflict({ backend: "kubernetes", operation, kind, name, detail: "somebody else made it" }))
})

/** Takes a thing of ours away; success when it was gone already. */
export const removeOwned = Effect.fnUntraced(function* (call: Call) {
  const client = yield* Client
  const found = yield* findOwned(call)
  if (found === undefined) return
  const body = { preconditions: { uid: found.metadata?.uid } }
  yield* client.request({ ...call, method: "DELETE", body }).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.void
    )
  )
})
