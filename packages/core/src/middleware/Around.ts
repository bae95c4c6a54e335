import { Context, Effect, Layer, Result, Stream } from "effect"
import type { Capabilities } from "../model/Capability.ts"
import type { ComputeError } from "../service/ComputeError.ts"

/** One method of one service, as everything around a call knows it. */
export interface Operation {
  /** The service's short name: `ClusterManager`. */
  readonly service: string
  /** The method, with a dot where it lies deeper: `nodes.drain`. Errors name it, whoever they come from. */
  readonly method: string
  /** Both, as spans and metrics have it: `ClusterManager.nodes.drain`. */
  readonly name: string
  readonly backend: string
  readonly capabilities: Capabilities
}

/** What to do around every call: one rule for calls that answer once, and one for those that stream. */
export interface Around {
  readonly effect: <A, R>(
    operation: Operation,
    args: ReadonlyArray<unknown>,
    call: Effect.Effect<A, ComputeError, R>
  ) => Effect.Effect<A, ComputeError, R>
  readonly stream: <A, R>(
    operation: Operation,
    args: ReadonlyArray<unknown>,
    call: Stream.Stream<A, ComputeError, R>
  ) => Stream.Stream<A, ComputeError, R>
}

/** Takes a Layer of services and gives a Layer of the same services. */
export type Middleware = <ROut, E, RIn>(layer: Layer.Layer<ROut, E, RIn>) => Layer.Layer<ROut, E, RIn>

/** What all services and ports of this project have besides their methods; by it they are known in a context. */
interface Named {
  readonly backend: string
  readonly capabilities: Capabilities
}

type Call = Effect.Effect<unknown, ComputeError> | Stream.Stream<unknown, ComputeError>
const prefix = "@orrery/"

type Members = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Members => typeof value === "object" && value !== null

const isOurs = (key: string, service: unknown): service is Named & Members =>
  key.startsWith(prefix) && isRecord(service) && "backend" in service && "capabilities" in service

const isStream = (call: Call): call is Stream.Stream<unknown, ComputeError> => Stream.isStream(call)

const wrapMembers = (
  members: Members,
  operationOf: (method: string) => Operation,
  { effect, stream }: Around
): Record<string, unknown> => {
  const wrapCall = (operation: Operation, args: ReadonlyArray<unknown>, call: Call): Call =>
    isStream(call) ? stream(operation, args, call) : effect(operation, args, call)
  const wrap = (name: string, member: unknown): unknown => {
    const operation = operationOf(name)
    // what cannot even be called with these arguments is a call still: what is around it may have a word to say of them
    if (typeof member === "function")
      return (...args: ReadonlyArray<unknown>) =>
        wrapCall(
          operation,
          args,
          Result.getOrElse(
            Result.try((): Call => member(...args)),
            Effect.die
          )
        )
    if (Effect.isEffect(member) || Stream.isStream(member)) return wrapCall(operation, [], member as Call)
    if (isRecord(member) && name !== "capabilities")
      return wrapMembers(member, (method) => operationOf(`${name}.${method}`), { effect, stream })
    return member
  }
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, wrap(name, member)]))
}

/** The same service with `around` about each of its methods. Built once; a call then costs what `around` costs. */
const wrapService = <S extends Named & Members>(service: S, name: string, around: Around): S => {
  const operationOf = (method: string): Operation => ({
    service: name,
    method,
    name: `${name}.${method}`,
    backend: service.backend,
    capabilities: service.capabilities
  })
  // Every member is replaced by one of the same type, which the compiler cannot follow through the loop.
  return wrapMembers(service, operationOf, around) as S
}

/**
 * Puts `around` about every service of this project that a Layer gives, be it one or several, a provider's own among them,
 * and about nothing else.
 */
export const middleware =
  (around: Around): Middleware =>
  (layer) =>
    Layer.flatMap(layer, (context) => {
      const wrapped = new Map(context.mapUnsafe)
      for (const [key, service] of context.mapUnsafe)
        if (isOurs(key, service)) wrapped.set(key, wrapService(service, key.slice(key.lastIndexOf("/") + 1), around))
      return Layer.succeedContext(Context.makeUnsafe(wrapped))
    })
