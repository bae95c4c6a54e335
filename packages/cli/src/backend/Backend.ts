import {
  because,
  ClusterManager,
  type ComputeError,
  ContainerManager,
  type Feature,
  Scheduler,
  Unsupported
} from "@orrery/core"
import { Clock, Context, Effect, Layer, type Scope } from "effect"

/** What a Layer of a backend may give; few give all three. */
export type Services = ClusterManager | ContainerManager | Scheduler

/** One backend with the services it has. Asking for one it lacks is an error that says so. */
export interface Backend {
  readonly name: string
  /** The time as this backend has it: a simulated one is not in our time. */
  readonly nowMs: Effect.Effect<number>
  readonly clusters: Effect.Effect<ClusterManager["Service"], ComputeError>
  readonly containers: Effect.Effect<ContainerManager["Service"], ComputeError>
  readonly scheduler: Effect.Effect<Scheduler["Service"], ComputeError>
}

/** Builds a backend's Layer for as long as the scope lasts. */
export const openBackend = <Given extends Services>(
  name: string,
  layer: Layer.Layer<Given, ComputeError>,
  nowMs: Effect.Effect<number> = Clock.currentTimeMillis
): Effect.Effect<Backend, ComputeError, Scope.Scope> =>
  Effect.map(Layer.build(layer), (context) => {
    const offered = <Key, Service>(service: Context.Key<Key, Service>, feature: Feature, what: string) =>
      Effect.mapError(Effect.fromOption(Context.getOption(context, service)), () =>
        because(new Unsupported({ backend: name, operation: "connect", feature, why: `${name} has no ${what}` }))
      )
    return {
      name,
      nowMs,
      clusters: offered(ClusterManager, "clusters", "clusters of machines"),
      containers: offered(ContainerManager, "deployments", "deployments"),
      scheduler: offered(Scheduler, "jobs", "queue of jobs")
    }
  })
