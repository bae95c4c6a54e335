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
  signal: AbortSignal
) => {
  signal.throwIfAborted()
  const exit = await Effect.runPromiseExit(Scope.provide(call, scope), { signal })
  if (Exit.isSuccess(exit)) return exit.value
  signal.throwIfAborted()
  throw asFailure(Cause.squash(exit.cause))
}

const runMany = (call: Stream.Stream<unknown, ComputeError>, signal: AbortSignal): AsyncIterable<unknown> =>
  Stream.toAsyncIterable(
    Stream.suspend(() =>
      signal.aborted
        ? Stream.fail<unknown>(signal.reason)
        : Stream.interruptWhen(Stream.mapError(call, asFailure), aborted(signal))
    )
  )

/** How long what a connection opened stays open, and what ends all that is under way when it closes. */
export interface Lifetime {
  readonly scope: Scope.Scope
  /** Aborted, with a failure that says so, when the connection closes. */
  readonly closed: AbortSignal
}

/** One method for programs without Effect; what a call opens (a forwarded port) stays open as long as the connection. */
const promisedMethod =
  (member: unknown, { closed, scope }: Lifetime, argsOf: (given: ReadonlyArray<unknown>) => ReadonlyArray<unknown>) =>
  (...given: ReadonlyArray<unknown>) => {
    const last = given.at(-1)
    const options = isCallOptions(last) ? last : undefined
    const args = argsOf(options === undefined ? given : given.slice(0, -1))
    const signal = options === undefined ? closed : AbortSignal.any([options.signal, closed])
    const call = (typeof member === "function" ? member(...args) : member) as Call
    return Stream.isStream(call)
      ? runMany(call as Stream.Stream<unknown, ComputeError>, signal)
      : runOnce(call as Effect.Effect<unknown, ComputeError, Scope.Scope>, scope, signal)
  }

/**
 * All methods named in `kinds`; those of a service that is not there fail with `absent`. Arguments are copied to plain
 * data, so that builders may be given.
 */
export const promised = <S extends object>(
  kinds: Readonly<Record<string, Kind>>,
  service: S | undefined,
  absent: (method: string) => ComputeError,
  lifetime: Lifetime
): Promised<Pick<S, keyof S>> => {
  const members = service as Readonly<Record<string, unknown>> | undefined
  const methods = Object.entries(kinds).map(([name, kind]) => {
    const gap = kind === "once" ? Effect.fail(absent(name)) : Stream.fail(absent(name))
    return [name, promisedMethod(members === undefined ? gap : members[name], lifetime, structuredClone)]
  })
  // The tables of kinds are total over the services' methods, which the compiler has checked.
  return Object.fromEntries(methods) as Promised<Pick<S, keyof S>>
}

/** A provider's own service, whole. Its arguments are given as they are: streams cannot be copied. */
export const promisedService = <S extends object>(service: S, lifetime: Lifetime): PromisedService<S> => {
  const methods = Object.entries(service)
    .filter(([name]) => !isPlain(name))
    .map(([name, member]) => [name, promisedMethod(member, lifetime, (given) => given)])
  return Object.fromEntries(methods) as PromisedService<S>
}

const plain = ["backend", "capabilities"] as const
const isPlain = (name: string): boolean => plain.some((one) => one === name)

/** A provider's own service with promises. */
export type PromisedService<S> = Promised<Omit<S, (typeof plain)[number]>>
