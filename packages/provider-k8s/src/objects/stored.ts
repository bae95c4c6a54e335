import { because, type ComputeError, TimedOut } from "@orrery/core"
import { Effect } from "effect"
import { type Call, Client } from "../Client.ts"
import { bear } from "./bear.ts"
import { isMine } from "./labels.ts"
import { waitUntil } from "./waitUntil.ts"
import type { WireObject } from "./wire.ts"

/** One thing as it is stored, ours or not; undefined where there is none. */
export const find = <A extends WireObject>(call: Call) =>
  Effect.flatMap(Client, (client) => client.request<A>(call)).pipe(
    Effect.map((found): A | undefined => found),
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound" && reason.kind === call.kind,
      () => Effect.as(Effect.void, undefined)
    )
  )

/** How long pods may take beyond their own grace. */
const patienceMs = 60_000

/** What goes with a thing of ours that is removed. */
export interface Leaving {
  /** How long its pods may take to end. */
  readonly graceMs: number
  /** Who is still there, in words. */
  readonly holders: Effect.Effect<ReadonlyArray<string>, ComputeError, Client>
  /** Removes what lies beside it and is not owned by it in the server's eyes. */
  readonly companions: Effect.Effect<void, ComputeError, Client>
}

/** Removes a thing of ours and what it owns, and waits until all is gone; says what holds it where it does not go. */
export const destroy = Effect.fnUntraced(function* (call: Call, { companions, graceMs, holders }: Leaving) {
  const client = yield* Client
  const found = yield* bear(find<WireObject>(call))
  if (found === undefined || !isMine(found)) return
  const uid = found.metadata?.uid
  // in the foreground: it goes after what it owns, so its absence says that its pods are gone
  const body = { propagationPolicy: "Foreground", preconditions: { uid } }
  yield* bear(client.request({ ...call, method: "DELETE", body })).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.void
    )
  )
  yield* companions
  const isGone = (now: WireObject | undefined): boolean => now === undefined || now.metadata?.uid !== uid
  const afterMs = graceMs + patienceMs
  if (yield* waitUntil(Effect.map(find<WireObject>(call), isGone), afterMs)) return
  const now = yield* find<WireObject>(call)
  if (isGone(now)) return
  const left = [...(yield* holders), ...(now?.metadata?.finalizers ?? []).map((name) => `finalizer ${name}`)]
  const detail = `the end of ${call.kind} ${call.name}, held by ${left.join(", ") || "nothing we can see"},`
  return yield* because(new TimedOut({ backend: "kubernetes", operation: call.operation, detail, afterMs }))
})
