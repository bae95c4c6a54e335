import {
  type ClusterManager,
  type ComputeError,
  type ContainerManager,
  middleware,
  production,
  type Scheduler
} from "@orrery/core"
import { Context, Effect, Layer, Scope } from "effect"
import { Crossing } from "../time/Crossing.ts"
import { SimulatedTime } from "./SimulatedTime.ts"
import type { ServiceOptions, SimulatedBackend } from "./simulated.ts"

/** How a simulated backend is used from real time. */
export interface RealTimeOptions extends ServiceOptions {
  /** How long the world goes on before each call, as it would while a program that polls waits; without it not at all. */
  readonly betweenCallsMs?: number
}

/** What a simulated backend gives to programs in real time. */
export type InRealTime = ClusterManager | ContainerManager | Scheduler | SimulatedTime

/**
 * A simulated backend for programs in real time, those with promises among them. Each call takes its virtual time and none
 * of the program's; between calls the world stands still. Retries and limits are inside, because their waiting is virtual.
 */
export const inRealTime = (
  { services, world }: SimulatedBackend,
  { betweenCallsMs = 0, ...options }: RealTimeOptions = {}
): Layer.Layer<InRealTime, ComputeError> => {
  const crossing = new Crossing(world.time, world.streams)
  const built = Effect.gen(function* () {
    const within = Scope.makeUnsafe()
    yield* Effect.addFinalizer((exit) => crossing.effect(Scope.close(within, exit)))
    return yield* crossing.effect(Layer.buildWithScope(services(options).pipe(production()), within))
  })
  const time = SimulatedTime.of({
    nowMs: Effect.sync(() => world.time.nowMs),
    pass: (durationMs) => crossing.effect(Effect.sleep(durationMs))
  })
  const around = middleware({
    effect: (_operation, _args, call) => crossing.effect(Effect.andThen(Effect.sleep(betweenCallsMs), call)),
    stream: (_operation, _args, call) => crossing.stream(call)
  })
  return around(Layer.effectContext(Effect.map(built, Context.add(SimulatedTime, time))))
}
