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

const answered: Array<string> = []

/** The calls that simulated backends of this process have answered, in order. */
export const answeredCalls = (): ReadonlyArray<string> => answered

const noted = middleware({
  effect: ({ name }, _args, call) => Effect.tap(call, () => Effect.sync(() => answered.push(name))),
  stream: ({ name }, _args, call) => Stream.tap(call, () => Effect.sync(() => answered.push(name)))
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
