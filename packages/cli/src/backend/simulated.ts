import { type Around, because, type ComputeError, Failed, middleware, production, Unavailable } from "@orrery/core"
import { runVirtual, type SimulatedBackend } from "@orrery/simulator/backend"
import { type Context, Effect, Layer, Schedule, Scope, Stream } from "effect"
import { type Backend, openBackend } from "./Backend.ts"
import type { Call } from "./session.ts"

/** How long a watch looks ahead. Virtual time is free, but a watch of something steady would never end. */
const watchedFor = "10 minutes"
/** How long the world goes on between two calls, as it would while a person types the next command. */
const typingMs = 60_000
/** How often a list is looked at that is watched: time passes with each look and with nothing else. */
const looks = 10

/** What goes before and what is kept of a session with a simulated backend. */
export interface SessionOptions {
  /** Made first, so that the world is as these calls left it. */
  readonly past?: ReadonlyArray<Call>
  /** Told of each call once it was made. */
  readonly keep?: (call: Call) => Effect.Effect<void, ComputeError>
}

/**
 * A simulated backend that real-time code can use: each call runs to its end in virtual time, with the backend's own
 * loops beside it, and answers at once. The world stays as it is left until the next call.
 */
export const openSimulated = (
  { services, world }: SimulatedBackend,
  { keep = () => Effect.void, past = [] }: SessionOptions = {}
): Effect.Effect<Backend, ComputeError, Scope.Scope> =>
  Effect.gen(function* () {
    const layer = services().pipe(production())
    const inWorld = <A, E>(program: Effect.Effect<A, E>): Effect.Effect<A, E | ComputeError> =>
      Effect.suspend((): Effect.Effect<A, E | ComputeError> => {
        const result = runVirtual(program, { time: world.time, streams: world.streams })
        return result._tag === "Done" ? result.exit : Effect.fail(stuck(result.message))
      })
    // nobody types before the first call of a new world
    let sinceLastMs = world.time.nowMs === 0 ? 0 : typingMs
    // Each call has loops of its own, because those of an earlier run ended with it.
    const withLoops = <A>(call: Effect.Effect<A, ComputeError>): Effect.Effect<A, ComputeError> =>
      Effect.suspend(() => {
        const typed = Effect.sleep(sinceLastMs)
        sinceLastMs = typingMs
        return inWorld(Effect.scoped(Effect.andThen(Layer.build(layer), Effect.andThen(typed, call))))
      })
    const collected = <A, R>(stream: Stream.Stream<A, ComputeError, R>) =>
      Stream.runCollect(Stream.interruptWhen(stream, Effect.sleep(watchedFor)))
    const kept = <A, R>(operation: string, args: ReadonlyArray<unknown>, call: Effect.Effect<A, ComputeError, R>) =>
      Effect.onExit(call, () => keep({ operation, args }))
    const around: Around = {
      effect: ({ name }, args, call) => kept(name, args, acrossTime(call, withLoops)),
      stream: ({ name }, args, call) =>
        Stream.fromIterableEffect(kept(name, args, acrossTime(collected(call), withLoops)))
    }
    const built = yield* inWorld(Effect.flatMap(Scope.make(), (scope) => Layer.buildWithScope(layer, scope)))
    for (const call of past) {
      const again = yield* memberOf(built, call)
      yield* Effect.ignore(withLoops(Stream.isStream(again) ? Effect.asVoid(collected(again)) : Effect.asVoid(again)))
    }
    return yield* openBackend("sim", Layer.succeedContext(built).pipe(middleware(around)), {
      nowMs: Effect.sync(() => world.time.nowMs + sinceLastMs),
      lookAgain: Schedule.recurs(looks)
    })
  })

type Made = Effect.Effect<unknown, ComputeError> | Stream.Stream<unknown, ComputeError>

/** The call of that name, ready to be made. JSON has no `undefined`; an argument that was left out is null in it. */
const memberOf = <Given>(services: Context.Context<Given>, { args, operation }: Call) =>
  Effect.suspend((): Effect.Effect<Made, ComputeError> => {
    const [service = "", ...path] = operation.split(".")
    let member: unknown = services.mapUnsafe.get(`@orrery/core/${service}`)
    for (const name of path)
      member = typeof member === "object" && member !== null ? Reflect.get(member, name) : undefined
    const made = typeof member === "function" ? member(...args.map((arg) => arg ?? undefined)) : member
    if (Effect.isEffect(made) || Stream.isStream(made)) return Effect.succeed(made as Made)
    const detail = `the state names a call that there is not: ${operation}`
    const hint = "it was kept by another version; begin anew with another file"
    return Effect.fail(because(new Failed({ backend: "sim", operation: "state", detail, hint })))
  })

/** What a call still needs of its caller goes with it into the world. */
const acrossTime = <A, R>(
  call: Effect.Effect<A, ComputeError, R>,
  run: (closed: Effect.Effect<A, ComputeError>) => Effect.Effect<A, ComputeError>
): Effect.Effect<A, ComputeError, R> =>
  Effect.contextWith((context: Context.Context<R>) => run(Effect.provideContext(call, context)))

const stuck = (detail: string): ComputeError => because(new Unavailable({ backend: "sim", operation: "run", detail }))
