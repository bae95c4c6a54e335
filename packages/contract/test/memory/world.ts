import {
  because,
  type ComputeError,
  type Feature,
  InvalidInput,
  NotFound,
  type Problem,
  Unsupported
} from "@orrery/core"
import { Clock, Effect, Result, Schema, SchemaIssue, Stream } from "effect"

/** How long anything takes in this backend before it is there. */
export const stepMs = 200
const backend = "memory"

/** There is none of that name. */
export const missing = (operation: string, kind: string, name: string): Effect.Effect<never, ComputeError> =>
  Effect.fail(because(new NotFound({ backend, operation, kind, name })))

/** A declared gap was called. */
export const unsupported = (operation: string, feature: Feature): Effect.Effect<never, ComputeError> =>
  Effect.fail(because(new Unsupported({ backend, operation, feature, why: "memory has none" })))

/** The input cannot be used. */
export const invalid = (operation: string, problems: ReadonlyArray<Problem>): Effect.Effect<never, ComputeError> =>
  Effect.fail(because(new InvalidInput({ backend, operation, problems })))

const issues = SchemaIssue.makeFormatterStandardSchemaV1()

/** Fails with every problem of a value that a caller made by hand. */
export const checked =
  <A, I>(schema: Schema.Codec<A, I>, operation: string) =>
  (value: A): Effect.Effect<A, ComputeError> => {
    const result = Schema.decodeUnknownResult(Schema.toType(schema), { errors: "all" })(value)
    return Result.isSuccess(result)
      ? Effect.succeed(value)
      : invalid(
          operation,
          issues(result.failure.issue).issues.map(({ message, path = [] }) => ({ path: path.join("."), message }))
        )
  }

/** Runs against the present moment. */
export const at = <A, E>(act: (nowMs: number) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.flatMap(Clock.currentTimeMillis, act)

/** Every page of two, one after the other. */
export const paged = <A>(items: ReadonlyArray<A>): Stream.Stream<A> =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(items.length / 2) }, (_, page) => items.slice(page * 2, page * 2 + 2))
  ).pipe(Stream.flatMap(Stream.fromIterable))

/** Lines as they are printed, from the first on, until nothing more can come. */
export const followed = <A>(
  look: () => { readonly lines: ReadonlyArray<A>; readonly over: boolean }
): Stream.Stream<A> =>
  watching<number, A>(0, (told) => {
    const { lines, over } = look()
    return { seen: lines.length, news: lines.slice(told), last: over }
  })

/** Looks at once and then at every step; gives each look's news, and ends after the look that is the last. */
export const watching = <S, A>(
  first: S,
  look: (before: S, nowMs: number) => { readonly seen: S; readonly news: ReadonlyArray<A>; readonly last: boolean }
): Stream.Stream<A> =>
  Stream.unfold({ seen: first, over: false, begun: false }, ({ begun, over, seen }) =>
    Effect.gen(function* () {
      if (over) return undefined
      if (begun) yield* Effect.sleep(stepMs / 4)
      const next = look(seen, yield* Clock.currentTimeMillis)
      return [next.news, { seen: next.seen, over: next.last, begun: true }] as const
    })
  ).pipe(Stream.flatMap(Stream.fromIterable))
