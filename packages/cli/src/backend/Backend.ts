import {
  because,
  ClusterManager,
  type ComputeError,
  ContainerManager,
  type Feature,
  type Resources,
  Scheduler,
  Unsupported
} from "@orrery/core"
import type { Kubernetes } from "@orrery/provider-k8s"
import { Clock, Context, Effect, Layer, Schedule, type Scope } from "effect"

/** What one node or pod used of late, by measure. */
export interface Used {
  readonly namespace?: string
  readonly name: string
  readonly used: Resources
}

/** Measured use, where somebody measures it. */
export interface Usage {
  readonly nodes: Effect.Effect<ReadonlyArray<Used>, ComputeError>
  readonly pods: (namespace?: string) => Effect.Effect<ReadonlyArray<Used>, ComputeError>
}

/** One backend with the services it has. Asking for one it lacks is an error that says so. */
export interface Backend {
  readonly name: string
  /** The time as this backend has it: a simulated one is not in our time. */
  readonly nowMs: Effect.Effect<number>
  readonly clusters: Effect.Effect<ClusterManager["Service"], ComputeError>
  readonly containers: Effect.Effect<ContainerManager["Service"], ComputeError>
  readonly scheduler: Effect.Effect<Scheduler["Service"], ComputeError>
  readonly usage: Effect.Effect<Usage, ComputeError>
  /** What `verb` needs beyond the services. */
  readonly beyond: (verb: string) => Effect.Effect<Beyond, ComputeError>
  /** When to look at a list again that is watched. */
  readonly lookAgain: Schedule.Schedule<unknown>
}

/** What some backends offer beyond the services; Kubernetes alone so far. */
export type Beyond = Kubernetes["Service"]

/** What a backend has beside its services. */
export interface OpenedWith<Given> {
  readonly nowMs?: Effect.Effect<number>
  readonly lookAgain?: Schedule.Schedule<unknown>
  readonly usageIn?: (services: Context.Context<Given>) => Usage
  readonly beyondIn?: (services: Context.Context<Given>) => Beyond
}

/** Builds a backend's Layer for as long as the scope lasts. */
export const openBackend = <Given>(
  name: string,
  layer: Layer.Layer<Given, ComputeError>,
  {
    beyondIn,
    lookAgain = Schedule.spaced("2 seconds"),
    nowMs = Clock.currentTimeMillis,
    usageIn
  }: OpenedWith<Given> = {}
): Effect.Effect<Backend, ComputeError, Scope.Scope> =>
  Effect.map(Layer.build(layer), (context) => {
    const lacks = (feature: string, why: string, operation = "connect"): ComputeError =>
      because(new Unsupported({ backend: name, operation, feature, why }))
    const offered = <Key, Service>(service: Context.Key<Key, Service>, feature: Feature, what: string) =>
      Effect.mapError(Effect.fromOption(Context.getOption(context, service)), () =>
        lacks(feature, `${name} has no ${what}`)
      )
    return {
      name,
      nowMs,
      clusters: offered(ClusterManager, "clusters", "clusters of machines"),
      containers: offered(ContainerManager, "deployments", "deployments"),
      scheduler: offered(Scheduler, "jobs", "queue of jobs"),
      usage:
        usageIn === undefined
          ? Effect.fail(lacks("usage", "nobody measures it there"))
          : Effect.succeed(usageIn(context)),
      beyond: (verb) =>
        beyondIn === undefined
          ? Effect.fail(lacks(verb, "only Kubernetes has it so far", verb))
          : Effect.succeed(beyondIn(context)),
      lookAgain
    }
  })
