/// <reference types="node" preserve="true" />
import { Cause, Effect, Exit, Result, Scope, Stream } from "effect"
import type { Problem } from "../model/Problem.ts"
import { because, type ComputeError, InvalidInput } from "../service/ComputeError.ts"
import { asFailure } from "./ComputeFailure.ts"
import type { Kind } from "./methods.ts"

/** Given after a method's own arguments, or among the options that are its last one. */
export interface CallOptions {
  /** Ends the call, or the iteration, with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** The same arguments with a signal among the fields of the last one, where that is options that may be left out. */
type Merged<A extends ReadonlyArray<unknown>> =
  Required<A> extends readonly [...infer Before, infer Last]
    ? Before extends A
      ? Last extends object
        ? [...Before, Last & CallOptions]
        : never
      : never
    : never

type Answer<F> =
  F extends Effect.Effect<infer A, infer _E, infer _R>
    ? Promise<A>
    : F extends Stream.Stream<infer A, infer _E, infer _R>
      ? AsyncIterable<A>
      : never

/** The same methods with promises for effects and async iterables for streams. */
export type Promised<S> = {
  readonly [K in keyof S]: S[K] extends (...args: infer A) => infer F
    ? (...args: A | [...A, CallOptions] | Merged<A>) => Answer<F>
    : (...args: [] | [CallOptions]) => Answer<S[K]>
}

type Call = Effect.Effect<unknown, ComputeError, Scope.Scope> | Stream.Stream<unknown, ComputeError>

/** What a method was given: its own arguments, and what ends the call early. */
interface Given {
  readonly args: ReadonlyArray<unknown>
  readonly signal?: AbortSignal | undefined
}

/** Finds the signal wherever people put one: in options after the arguments, among their options, or by itself. */
const takeApart = (given: ReadonlyArray<unknown>): Result.Result<Given, Problem> => {
  const last = given.at(-1)
  const before = given.slice(0, -1)
  if (last instanceof AbortSignal) return Result.succeed({ args: before, signal: last })
  if (typeof last !== "object" || last === null || !Object.hasOwn(last, "signal"))
    return Result.succeed({ args: given })
  const { signal, ...rest } = last as CallOptions
  if (signal !== undefined && !(signal instanceof AbortSignal))
    return Result.fail({ path: "signal", message: "no AbortSignal", remedy: "give an AbortController's `signal`" })
  return Result.succeed({ args: Object.keys(rest).length === 0 ? before : [...before, rest], signal })
}

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
  readonly backend: string
  readonly scope: Scope.Scope
  /** Aborted, with a failure that says so, when the connection closes. */
  readonly closed: AbortSignal
}

/** Arguments as plain data, so that builders may be given, and nobody changes them under way. */
const copied = (given: Given): Result.Result<Given, Problem> =>
  Result.try({
    try: () => ({ ...given, args: structuredClone(given.args) }),
    // the message of what cannot be copied may hold any part of it
    catch: () => ({
      path: "(all)",
      message: "more than plain data",
      remedy: "leave out functions, promises and the like"
    })
  })

const callOf = (member: unknown, args: ReadonlyArray<unknown>): Call =>
  Result.getOrElse(
    Result.try(() => (typeof member === "function" ? member(...args) : member) as Call),
    Effect.die
  )

/** A member of a service, its name, and how it answers where that is known before it is called. */
interface Method {
  readonly name: string
  readonly member: unknown
  readonly kind?: Kind
  readonly read: (given: Given) => Result.Result<Given, Problem>
}

/** One method for programs without Effect; what a call opens (a forwarded port) stays open as long as the connection. */
const promisedMethod =
  ({ kind, member, name, read }: Method, { backend, closed, scope }: Lifetime) =>
  (...given: ReadonlyArray<unknown>) => {
    const taken = Result.flatMap(takeApart(given), read)
    const call = Result.match(taken, {
      onFailure: (problem): Call =>
        Effect.fail(because(new InvalidInput({ backend, operation: name, problems: [problem] }))),
      onSuccess: ({ args }) => callOf(member, args)
    })
    const own = Result.isSuccess(taken) ? taken.success.signal : undefined
    const signal = own === undefined ? closed : AbortSignal.any([own, closed])
    if (Stream.isStream(call)) return runMany(call as Stream.Stream<unknown, ComputeError>, signal)
    const answer = call as Effect.Effect<unknown, ComputeError, Scope.Scope>
    return kind === "many"
      ? runMany(Stream.fromEffect(Scope.provide(answer, scope)), signal)
      : runOnce(answer, scope, signal)
  }

/** All methods named in `kinds`; those of a service that is not there fail with `absent`. */
export const promised = <S extends object>(
  kinds: Readonly<Record<string, Kind>>,
  service: S | undefined,
  absent: (method: string) => ComputeError,
  lifetime: Lifetime
): Promised<Pick<S, keyof S>> => {
  const members = service as Readonly<Record<string, unknown>> | undefined
  const methods = Object.entries(kinds).map(([name, kind]) => {
    const gap = kind === "once" ? Effect.fail(absent(name)) : Stream.fail(absent(name))
    const member = members === undefined ? gap : members[name]
    return [name, promisedMethod({ name, member, kind, read: copied }, lifetime)]
  })
  // The tables of kinds are total over the services' methods, which the compiler has checked.
  return Object.fromEntries(methods) as Promised<Pick<S, keyof S>>
}

/** A provider's own service, whole. Its arguments are given as they are: streams cannot be copied. */
export const promisedService = <S extends object>(service: S, lifetime: Lifetime): PromisedService<S> => {
  const methods = Object.entries(service)
    .filter(([name]) => !isPlain(name))
    .map(([name, member]) => [name, promisedMethod({ name, member, read: Result.succeed }, lifetime)])
  return Object.fromEntries(methods) as PromisedService<S>
}

const plain = ["backend", "capabilities"] as const
const isPlain = (name: string): boolean => plain.some((one) => one === name)

/** A provider's own service with promises. */
export type PromisedService<S> = Promised<Omit<S, (typeof plain)[number]>>
