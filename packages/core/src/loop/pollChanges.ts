import { Clock, Effect, Option, Stream } from "effect"
import { because, type ComputeError, NotFound } from "../service/ComputeError.ts"

/** Something to look at again and again. */
export interface PollOptions<S, A> {
  readonly backend: string
  readonly operation: string
  readonly kind: string
  readonly name: string
  /** What it is like now; `undefined` where it is gone, which a failed read never says. */
  readonly read: Effect.Effect<S | undefined, ComputeError>
  /** What to tell; `before` is absent at the first look, `after` at the last. */
  readonly changes: (before: S | undefined, after: S | undefined, nowMs: number) => ReadonlyArray<A>
  /** Whether nothing more will happen, so that the stream ends here. */
  readonly isOver?: (state: S) => boolean
  readonly everyMs: number
  /** So many failed reads one after the other end the watch with the last failure. */
  readonly failuresMax?: number
}

interface Look<S> {
  readonly before: S | undefined
  readonly failures: number
  readonly isFirst: boolean
}

/** Changes told by difference: begins with what is there, ends when it is over or gone, and says nothing of reads that failed. */
export const pollChanges = <S, A>(options: PollOptions<S, A>): Stream.Stream<A, ComputeError> => {
  const { backend, changes, everyMs, failuresMax = 20, isOver, kind, name, operation, read } = options
  const first: Look<S> = { before: undefined, failures: 0, isFirst: true }
  return Stream.paginate(first, ({ before, failures, isFirst }) =>
    Effect.gen(function* () {
      if (!isFirst) yield* Effect.sleep(everyMs)
      const look = yield* Effect.result(read)
      if (look._tag === "Failure") {
        if (isFirst || failures + 1 >= failuresMax) return yield* look.failure
        return [[], Option.some({ before, failures: failures + 1, isFirst })] as const
      }
      const after = look.success
      if (isFirst && after === undefined) return yield* because(new NotFound({ backend, operation, kind, name }))
      const told = changes(before, after, yield* Clock.currentTimeMillis)
      const ends = after === undefined || isOver?.(after) === true
      return [told, ends ? Option.none() : Option.some({ before: after, failures: 0, isFirst: false })] as const
    })
  )
}
