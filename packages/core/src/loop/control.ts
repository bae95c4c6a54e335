import { Clock, Effect } from "effect"
import type { ComputeError } from "../service/ComputeError.ts"
import { because, TimedOut } from "../service/ComputeError.ts"

/** What was seen, and when the look was begun. */
export interface Seen<S> {
  readonly takenAtMs: number
  readonly seen: S
}

/** What became of one round. Only `acted` has changed anything. */
export type Round =
  | { readonly type: "acted" | "idle"; readonly atMs: number }
  | { readonly type: "blind" | "stale" | "failed"; readonly atMs: number; readonly why: string }

/** One loop: observe, decide, act, at one pace. */
export interface ControlOptions<S, D> {
  readonly name: string
  readonly observe: Effect.Effect<Seen<S>, ComputeError>
  /** What to do about it; nothing to do is `undefined`. */
  readonly decide: (seen: S, nowMs: number) => D | undefined
  readonly act: (decision: D) => Effect.Effect<void, ComputeError>
  readonly everyMs: number
  /** What was seen longer ago than this is not acted on; the pace where left out. */
  readonly freshMs?: number
  /** A round that takes longer is given up; what it began is taken up by the next one. */
  readonly roundMsMax?: number
  readonly onRound?: (round: Round) => Effect.Effect<void>
}

/** One round. It never fails: a loop outlives what it watches. */
export const controlRound = <S, D>(options: ControlOptions<S, D>): Effect.Effect<Round> => {
  const { act, decide, everyMs, freshMs = everyMs, name, observe, roundMsMax = everyMs * 20 } = options
  const work = Effect.gen(function* () {
    const look = yield* Effect.result(observe)
    const atMs = yield* Clock.currentTimeMillis
    if (look._tag === "Failure") return { type: "blind", atMs, why: look.failure.message } satisfies Round
    const ageMs = atMs - look.success.takenAtMs
    if (ageMs > freshMs) return { type: "stale", atMs, why: `what was seen is ${ageMs} ms old` } satisfies Round
    const decision = decide(look.success.seen, atMs)
    if (decision === undefined) return { type: "idle", atMs } satisfies Round
    yield* act(decision)
    return { type: "acted", atMs } satisfies Round
  })
  return work.pipe(
    Effect.timeoutOrElse({
      duration: roundMsMax,
      orElse: () => {
        const detail = `a round of ${name}`
        return Effect.fail(because(new TimedOut({ backend: name, operation: "round", detail, afterMs: roundMsMax })))
      }
    }),
    Effect.catch((error) =>
      Effect.map(Clock.currentTimeMillis, (atMs): Round => ({ type: "failed", atMs, why: error.message }))
    ),
    Effect.tap((round: Round) => options.onRound?.(round) ?? Effect.void)
  )
}

/** Rounds for ever, begun at whole multiples of the pace; a round that takes longer leaves out the ones it covers. */
export const control = <S, D>(options: ControlOptions<S, D>): Effect.Effect<never> =>
  Effect.gen(function* () {
    const beganAtMs = yield* Clock.currentTimeMillis
    while (true) {
      const sinceMs = (yield* Clock.currentTimeMillis) - beganAtMs
      yield* Effect.sleep(options.everyMs - (Math.floor(sinceMs) % options.everyMs))
      yield* controlRound(options)
    }
  })
