import type { ComputeError } from "@orrery/core"
import { Effect } from "effect"

/** How long there is between two looks where nothing else is said. */
export const paceUsualMs = 200
/** When so many in a row have failed, that is the caller's to know. */
const triesMax = 3

/** What failed for now, and is not simply too old to be asked for again. */
const isLost = ({ reason, retry }: ComputeError): boolean => retry === "later" && reason._tag !== "Stale"

const pauseMs = ({ reason }: ComputeError, paceMs: number): number =>
  Math.max(paceMs, reason._tag === "Throttled" ? (reason.retryAfterMs ?? 0) : 0)

/**
 * One step of a call that takes many: one that is lost is taken again, no sooner than the server bears it, so that the whole
 * need not begin anew. For what can be done twice, and only where the call is more than this step: a lone request is tried
 * again by whoever asked for it.
 */
export const bear = <A, R>(
  step: Effect.Effect<A, ComputeError, R>,
  paceMs = paceUsualMs
): Effect.Effect<A, ComputeError, R> => {
  const taken = (tries: number): Effect.Effect<A, ComputeError, R> =>
    tries === 1 ? step : Effect.catchIf(step, isLost, (error) => Effect.delay(taken(tries - 1), pauseMs(error, paceMs)))
  return taken(triesMax)
}
