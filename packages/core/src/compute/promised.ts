/// <reference types="node" preserve="true" />
import { Cause, Effect, Exit, Scope, Stream } from "effect"
import type { ComputeError } from "../service/ComputeError.ts"
import { asFailure } from "./ComputeFailure.ts"
import type { Kind } from "./methods.ts"

/** Given after a method's own arguments. */
export interface CallOptions {
  /** Ends the call, or the iteration, with the signal's reason. */
  readonly signal: AbortSignal
}

type Answer<F> =
  F extends Effect.Effect<infer A, infer _E, infer _R>
    ? Promise<A>
    : F extends Stream.Stream<infer A, infer _E, infer _R>
      ? AsyncIterable<A>
      : never

/** The same methods with promises for effects and async iterables for streams. */
export type Promised<S> = {
  readonly [K in keyof S]: S[K] extends (...args: infer A) => infer F
    ? (...args: A | [...A, CallOptions]) => Answer<F>
    : (...args: [] | [CallOptions]) => Answer<S[K]>
}

type Call = Effect.Effect<unknown, ComputeError, Scope.Scope> | Stream.Stream<unknown, ComputeError>

const isCallOptions = (value: unknown): value is CallOptions =>
  typeof value === "object" && value !== null && "signal" in value && value.signal instanceof AbortSignal

const aborted = (signal: AbortSignal): Effect.Effect<never, unknown> =>
  Effect.callback<never, unknown>((resume) => {
    const end = () => resume(Effect.fail(signal.reason))
    if (signal.aborted) end()
    else signal.addEventListener("abort", end, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", end))
  })

const runOnce = async (
  call: Effect.Effect<unknown, ComputeError, Scope.Scope>,
  scope: Scope.Scope,
  signal?: AbortSignal
) => {
  signal?.throwIfAborted()
  const exit = await Effect.runPromiseExit(Scope.provide(call, scope), signal === undefined ? {} : { signal })
  if (Exit.isSuccess(exit)) return exit.value
  signal?.throwIfAborted()
  throw asFailure(Cause.squash(exit.cause))
}

const runMany = (call: Stream.Stream<unknown, ComputeError>, signal?: AbortSignal): AsyncIterable<unknown> => {
  const failing = Stream.mapError(call, asFailure)
  return Stream.toAsyncIterable(signal === undefined ? failing : Stream.interruptWhen(failing, aborted(signal)))
}

/**
 * One method for programs without Effect. Arguments are copied to plain data, so that builders may be given; what a call
 * opens (a forwarded port) stays open as long as `scope`.
 */
const promisedMethod =
  (kind: Kind, member: unknown, scope: Scope.Scope) =>
  (...given: ReadonlyArray<unknown>) => {
    const last = given.at(-1)
    const signal = isCallOptions(last) ? last.signal : undefined
    const args = structuredClone(signal === undefined ? given : given.slice(0, -1))
    const call = (typeof member === "function" ? member(...args) : member) as Call
    return kind === "once"
      ? runOnce(call as Effect.Effect<unknown, ComputeError, Scope.Scope>, scope, signal)
      : runMany(call as Stream.Stream<unknown, ComputeError>, signal)
  }

/** All methods named in `kinds`; those of a service that is not there fail with `absent`. */
export const promised = <S extends object>(
  kinds: Readonly<Record<string, Kind>>,
  service: S | undefined,
  absent: (method: string) => ComputeError,
  scope: Scope.Scope
): Promised<Pick<S, keyof S>> => {
  const members = service as Readonly<Record<string, unknown>> | undefined
  const methods = Object.entries(kinds).map(([name, kind]) => {
    const gap = kind === "once" ? Effect.fail(absent(name)) : Stream.fail(absent(name))
    return [name, promisedMethod(kind, members === undefined ? gap : members[name], scope)]
  })
  // The tables of kinds are total over the services' methods, which the compiler has checked.
  return Object.fromEntries(methods) as Promised<Pick<S, keyof S>>
}
