import { type Around, because, type ComputeError, middleware, production, Unavailable } from "@orrery/core"
import { runVirtual, type SimulatedBackend } from "@orrery/simulator"
import { type Context, Effect, Layer, Scope, Stream } from "effect"
import { type Backend, openBackend } from "./Backend.ts"

/** How long a watch looks ahead. Virtual time is free, but a watch of something steady would never end. */
const watchedFor = "10 minutes"
/** How long the world goes on after each call, as it would while a person types the next command. */
const settling = "1 minute"

/**
 * A simulated backend that real-time code can use: each call runs to its end in virtual time, with the backend's own
 * loops beside it, and answers at once. The world stays as it is left until the next call.
 */
export const openSimulated = ({
  services,
  world
}: SimulatedBackend): Effect.Effect<Backend, ComputeError, Scope.Scope> =>
  Effect.suspend(() => {
    const layer = services().pipe(production())
    const inWorld = <A, E>(program: Effect.Effect<A, E>): Effect.Effect<A, E | ComputeError> =>
      Effect.suspend((): Effect.Effect<A, E | ComputeError> => {
        const result = runVirtual(program, { time: world.time, streams: world.streams })
        return result._tag === "Done" ? result.exit : Effect.fail(stuck(result.message))
      })
    // Each call has loops of its own, because those of an earlier run ended with it.
    const withLoops = <A>(call: Effect.Effect<A, ComputeError>): Effect.Effect<A, ComputeError> =>
      inWorld(Effect.scoped(Effect.andThen(Layer.build(layer), Effect.tap(call, Effect.sleep(settling)))))
    const around: Around = {
      effect: (_, __, call) => acrossTime(call, withLoops),
      stream: (_, __, call) =>
        Stream.fromIterableEffect(
          acrossTime(Stream.runCollect(Stream.interruptWhen(call, Effect.sleep(watchedFor))), withLoops)
        )
    }
    const built = inWorld(Effect.flatMap(Scope.make(), (scope) => Layer.buildWithScope(layer, scope)))
    return openBackend(
      "sim",
      Layer.effectContext(built).pipe(middleware(around)),
      Effect.sync(() => world.time.nowMs)
    )
  })

/** What a call still needs of its caller goes with it into the world. */
const acrossTime = <A, R>(
  call: Effect.Effect<A, ComputeError, R>,
  run: (closed: Effect.Effect<A, ComputeError>) => Effect.Effect<A, ComputeError>
): Effect.Effect<A, ComputeError, R> =>
  Effect.contextWith((context: Context.Context<R>) => run(Effect.provideContext(call, context)))

const stuck = (detail: string): ComputeError => because(new Unavailable({ backend: "sim", operation: "run", detail }))
