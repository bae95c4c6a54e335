import { Effect, Result, Schema } from "effect"
import { remembered } from "../../model/remembered.ts"
import { same } from "../../model/same.ts"
import type { Hosts, StoredDocument } from "../../ports/Hosts.ts"
import { because, type ComputeError, Unclassified } from "../../service/ComputeError.ts"

type Port = Hosts["Service"]
const readsMax = 10

/** A document with its version, so that a write can tell whether it is still the same. */
export interface Versioned<A> {
  readonly key: string
  readonly version: string
  readonly value: A
}

/** Goals of one kind, kept at the hosts as JSON. */
export interface Store<A> {
  readonly list: (namespace?: string) => Effect.Effect<ReadonlyArray<Versioned<A>>, ComputeError>
  readonly read: (key: string) => Effect.Effect<Versioned<A> | undefined, ComputeError>
  /** Writes what follows from the current value; read anew and done again where somebody wrote meanwhile. */
  readonly change: (
    key: string,
    to: (current: A | undefined) => Effect.Effect<A, ComputeError>
  ) => Effect.Effect<Versioned<A>, ComputeError>
  /** Writes over exactly what was read; `Stale` where it is not that any more. */
  readonly replace: (read: Versioned<A>, value: A) => Effect.Effect<Versioned<A>, ComputeError>
  readonly remove: (key: string) => Effect.Effect<void, ComputeError>
}

const isUnanswered = ({ reason }: ComputeError): boolean => reason._tag === "Unavailable" || reason._tag === "TimedOut"

/** The goals under a prefix such as `deployment/`, by their schema. */
export const makeStore = <A>(hosts: Port, prefix: string, schema: Schema.Codec<A, unknown>): Store<A> => {
  const json = Schema.fromJsonString(schema)
  const decode = Schema.decodeUnknownResult(json)
  const encode = Schema.encodeSync(json)
  // what was read before and has not changed since is not read again: most documents lie still for most of their life
  const known = new Map<string, { readonly body: string; readonly versioned: Versioned<A> }>()
  const parse = ({ body, key, version }: StoredDocument): Result.Result<Versioned<A>, ComputeError> => {
    const before = known.get(key)
    if (before?.versioned.version === version && before.body === body) return Result.succeed(before.versioned)
    const value = decode(body)
    if (Result.isSuccess(value)) {
      const versioned = { key, version, value: value.success }
      known.set(key, { body, versioned })
      return Result.succeed(versioned)
    }
    const detail = `the document ${key} is not ours, or was damaged: ${value.failure.message}`
    return Result.fail(because(new Unclassified({ backend: hosts.backend, operation: "documents.read", detail })))
  }
  const parseAll = remembered((documents: ReadonlyArray<StoredDocument>) =>
    Result.all(documents.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(parse))
  )
  const write = (key: string, value: A, expected: string | undefined) =>
    Effect.flatMap(hosts.documents.write(key, encode(value), expected), (stored) => Effect.fromResult(parse(stored)))
  const read: Store<A>["read"] = (key) =>
    Effect.flatMap(hosts.documents.read(key), (stored) =>
      stored === undefined ? Effect.undefined : Effect.fromResult(parse(stored))
    )
  // A write whose answer was lost may have been done: where it was, there is nothing to write again.
  const wasWritten = (key: string, value: A, error: ComputeError) =>
    read(key).pipe(
      Effect.filterOrFail(
        (stored): stored is Versioned<A> => stored !== undefined && same(value, stored.value),
        () => error
      )
    )
  const change = (
    key: string,
    to: (current: A | undefined) => Effect.Effect<A, ComputeError>,
    reads = 1
  ): Effect.Effect<Versioned<A>, ComputeError> =>
    Effect.gen(function* () {
      const stored = yield* read(key)
      const value = yield* to(stored?.value)
      if (stored !== undefined && same(value, stored.value)) return stored
      return yield* write(key, value, stored?.version).pipe(
        Effect.catchIf(isUnanswered, (error) => wasWritten(key, value, error))
      )
    }).pipe(
      Effect.catchIf(
        ({ reason }) => reason._tag === "Stale" && reads < readsMax,
        () => change(key, to, reads + 1)
      )
    )
  return {
    list: (namespace) =>
      Effect.flatMap(hosts.documents.list(namespace === undefined ? prefix : `${prefix}${namespace}/`), (documents) =>
        Effect.fromResult(parseAll(documents))
      ),
    read,
    change,
    replace: (stored, value) =>
      same(stored.value, value) ? Effect.succeed(stored) : write(stored.key, value, stored.version),
    remove: (key) => Effect.tap(hosts.documents.remove(key), () => Effect.sync(() => known.delete(key)))
  }
}
