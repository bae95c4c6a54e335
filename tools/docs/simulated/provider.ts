import {
  type AnyService,
  ClusterManager,
  type ComputeError,
  ContainerManager,
  middleware,
  Scheduler
} from "@orrery/core"
import { type ProfileName, simulated } from "@orrery/simulator"
import { Context, Effect, Layer, Stream } from "effect"
import { openSimulated } from "../../../packages/cli/src/backend/simulated.ts"

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

/** Stands in for a provider's package: the same name, and a simulated backend of that kind behind it. */
export const simulatedProvider = (profile: ProfileName) => ({
  layer: (_config: unknown): Layer.Layer<AnyService, ComputeError> =>
    Layer.effectContext(
      Effect.gen(function* () {
        const backend = yield* openSimulated(simulated({ profile }))
        return Context.make(ClusterManager, yield* backend.clusters).pipe(
          Context.add(ContainerManager, yield* backend.containers),
          Context.add(Scheduler, yield* backend.scheduler)
        )
      })
    ).pipe(noted)
})
