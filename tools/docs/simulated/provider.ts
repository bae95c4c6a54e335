import { type ComputeError, middleware } from "@orrery/core"
import { type InRealTime, layer, type ProfileName, type SimulatedConfig, through } from "@orrery/simulator"
import { Effect, type Layer, Stream } from "effect"

const reached: Array<string> = []

/** The calls that have reached simulated backends of this process, in order. */
export const reachedCalls = (): ReadonlyArray<string> => reached

const noted = middleware({
  effect: ({ name }, _args, call) =>
    Effect.andThen(
      Effect.sync(() => reached.push(name)),
      call
    ),
  stream: ({ name }, _args, call) =>
    Stream.unwrap(
      Effect.as(
        Effect.sync(() => reached.push(name)),
        call
      )
    )
})

/** A simulated backend whose calls are noted. */
export const notedLayer = (config: SimulatedConfig): Layer.Layer<InRealTime, ComputeError> => noted(layer(config))

/** Stands in for a provider's package: the same name, and a simulated backend of that kind behind it. */
export const simulatedProvider = (profile: ProfileName) => ({
  layer: (_config: unknown): Layer.Layer<InRealTime, ComputeError> => notedLayer({ profile, betweenCallsMs: 60_000 }),
  through
})
