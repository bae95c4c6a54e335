import type { ComputeError, Reason } from "@orrery/core"
import { Data, Effect, Result } from "effect"

/** What was promised, and what was found. */
export class Mismatch extends Data.TaggedError("Mismatch")<{ readonly detail: string }> {
  override get message() {
    return this.detail
  }
}

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, member]) => member !== undefined)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, member]) => [key, sorted(member)])
        )
      : value

/** Text that is equal for equal values, whatever the order of their keys. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value)) ?? "undefined"

/** Fails with the sentence where the condition does not hold. */
export const expectThat = (holds: boolean, otherwise: string): Effect.Effect<void, Mismatch> =>
  holds ? Effect.void : Effect.fail(new Mismatch({ detail: otherwise }))

/** Fails where two values are not the same through and through. */
export const expectSame = (found: unknown, expected: unknown, of: string): Effect.Effect<void, Mismatch> =>
  expectThat(
    canonical(found) === canonical(expected),
    `${of}: expected ${canonical(expected)}, found ${canonical(found)}`
  )

/** The reason of this tag that the call fails with; anything else is a mismatch. */
export const expectRefusal = <Tag extends Reason["_tag"], A>(
  call: Effect.Effect<A, ComputeError>,
  tag: Tag,
  of: string
): Effect.Effect<Extract<Reason, { readonly _tag: Tag }>, Mismatch> =>
  Effect.flatMap(Effect.result(call), (result) => {
    if (Result.isSuccess(result)) return new Mismatch({ detail: `${of}: expected ${tag}, but it succeeded` })
    const { reason } = result.failure
    return isTagged(reason, tag)
      ? Effect.succeed(reason)
      : new Mismatch({ detail: `${of}: expected ${tag}, found ${reason._tag}: ${result.failure.message}` })
  })

const isTagged = <Tag extends Reason["_tag"]>(
  reason: Reason,
  tag: Tag
): reason is Extract<Reason, { readonly _tag: Tag }> => reason._tag === tag
