import { Clock, Effect } from "effect"
import type { Pace } from "./Backend.ts"
import { canonical, Mismatch } from "./expect.ts"

/** What to look at, what it should come to, and how to say so. */
export interface Expectation<A, E> {
  readonly look: Effect.Effect<A, E>
  readonly until: (seen: NoInfer<A>) => boolean
  readonly what: string
}

const brief = (seen: unknown): string => {
  const text = canonical(seen)
  return text.length > 500 ? `${text.slice(0, 500)}...` : text
}

/** Looks again and again until it is so, and fails with what was seen last when the backend's settle time is over. */
export const eventually = <A, E>(
  { pollMs, settleMs }: Pace,
  { look, until, what }: Expectation<A, E>
): Effect.Effect<A, E | Mismatch> =>
  Effect.gen(function* () {
    const startedAtMs = yield* Clock.currentTimeMillis
    while (true) {
      const seen = yield* look
      if (until(seen)) return seen
      if ((yield* Clock.currentTimeMillis) - startedAtMs >= settleMs)
        return yield* new Mismatch({ detail: `${what}: not so within ${settleMs} ms, last seen ${brief(seen)}` })
      yield* Effect.sleep(pollMs)
    }
  })

/** Looks a few more times and fails as soon as it is no longer so: what is doubled or lost late shows here. */
export const stays = <A, E>(
  { pollMs }: Pace,
  { look, until, what }: Expectation<A, E>
): Effect.Effect<void, E | Mismatch> =>
  Effect.gen(function* () {
    for (let times = 0; times < 3; times++) {
      yield* Effect.sleep(pollMs)
      const seen = yield* look
      if (!until(seen)) return yield* new Mismatch({ detail: `${what}: did not stay so, seen ${brief(seen)}` })
    }
  })

/** What is seen twice in a row: on a backend whose lists lag, one look may show what was before. */
export const steady = <A, E>({ pollMs, settleMs }: Pace, look: Effect.Effect<A, E>): Effect.Effect<A, E | Mismatch> =>
  Effect.gen(function* () {
    const startedAtMs = yield* Clock.currentTimeMillis
    let before = yield* look
    while (true) {
      yield* Effect.sleep(pollMs)
      const now = yield* look
      if (canonical(now) === canonical(before)) return now
      if ((yield* Clock.currentTimeMillis) - startedAtMs >= settleMs)
        return yield* new Mismatch({ detail: `what exists does not come to rest within ${settleMs} ms` })
      before = now
    }
  })
