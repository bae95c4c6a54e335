import { Cause, Context, Effect, Exit, Layer, Scope } from "effect"
import { asFailure, ComputeFailure } from "./compute/ComputeFailure.ts"
import { clusterMethods, containerMethods, jobMethods, nodeMethods } from "./compute/methods.ts"
import { type AnyService, type ConnectConfig, connectProblems } from "./compute/ProviderModule.ts"
import { type Promised, type PromisedService, promised, promisedService } from "./compute/promised.ts"
import { production } from "./middleware/production.ts"
import { ClusterManager, type NodeOperations } from "./service/ClusterManager.ts"
import { because, Closed, type ComputeError, InvalidInput, Unsupported } from "./service/ComputeError.ts"
import { ContainerManager } from "./service/ContainerManager.ts"
import { Scheduler } from "./service/Scheduler.ts"

type Plain = "backend" | "capabilities" | "nodes"

/**
 * Everything a connected backend does, with promises. What it does not offer rejects with `Unsupported`; after `close`
 * everything rejects with `Closed`. `Given` is what the layer gives.
 */
export interface ConnectedCompute<in Given = never>
  extends Promised<Omit<ClusterManager["Service"], Plain>>,
    Promised<Omit<ContainerManager["Service"], Plain>>,
    AsyncDisposable {
  readonly backend: string
  readonly nodes: Promised<NodeOperations>
  readonly jobs: Promised<Omit<Scheduler["Service"], Plain>>
  /** The same as `jobs.submit`. */
  readonly submit: Promised<Pick<Scheduler["Service"], "submit">>["submit"]
  /** A service that this provider has beside the three: `compute.service(KubernetesAdmin)`. */
  readonly service: <Id extends Given, S extends object>(key: Context.Key<Id, S>) => PromisedService<S>
  /** Ends what runs in the background, calls that are under way among it, and closes what is open. */
  readonly close: () => Promise<void>
}

/** Aborts `ended` and closes what is open; a second time changes nothing. */
const closing = (scope: Scope.Closeable, ended: AbortController, backend: string) => () => {
  ended.abort(new ComputeFailure(because(new Closed({ backend, operation: "close" }))))
  return Effect.runPromise(Scope.close(scope, Exit.void))
}

const connectedOf = <Given>(context: Context.Context<Given>, scope: Scope.Closeable): ConnectedCompute<Given> => {
  const clusters = Context.getOrUndefined(context, ClusterManager)
  const containers = Context.getOrUndefined(context, ContainerManager)
  const scheduler = Context.getOrUndefined(context, Scheduler)
  const backend = (clusters ?? containers ?? scheduler)?.backend ?? "nothing"
  const ended = new AbortController()
  const lifetime = { backend, scope, closed: ended.signal }
  const close = closing(scope, ended, backend)
  const lacking =
    (service: string) =>
    (operation: string): ComputeError =>
      because(new Unsupported({ backend, operation, feature: operation, why: `it provides no ${service}` }))
  const jobs = promised<Omit<Scheduler["Service"], Plain>>(jobMethods, scheduler, lacking("Scheduler"), lifetime)
  return {
    ...promised<Omit<ClusterManager["Service"], Plain>>(clusterMethods, clusters, lacking("ClusterManager"), lifetime),
    ...promised<Omit<ContainerManager["Service"], Plain>>(
      containerMethods,
      containers,
      lacking("ContainerManager"),
      lifetime
    ),
    nodes: promised<NodeOperations>(nodeMethods, clusters?.nodes, lacking("ClusterManager"), lifetime),
    jobs,
    submit: jobs.submit,
    service: (key) => promisedService(Context.get(context, key), lifetime),
    backend,
    close,
    [Symbol.asyncDispose]: close
  }
}

/** The layer that is asked for, by itself or as a provider's module and its configuration. */
const layerOf = async <ROut, E, C>(
  target: Layer.Layer<ROut, E> | ConnectConfig<C, E, ROut>
): Promise<Layer.Layer<ROut, E>> => {
  if (!("provider" in target) && Layer.isLayer(target)) return target
  const { config, provider } = target as ConnectConfig<C, E, ROut>
  const module = await provider
  const problems = connectProblems(module, config)
  if (problems.length > 0)
    throw asFailure(because(new InvalidInput({ backend: "orrery", operation: "connect", problems })))
  return module.layer(config).pipe(module.through ?? production())
}

/** Builds the layer and gives its services as methods with promises; `close` ends what was built. */
const connect = async <ROut, E, C = never>(
  target: Layer.Layer<ROut, E> | ConnectConfig<C, E, ROut>
): Promise<ConnectedCompute<ROut>> => {
  const layer = await layerOf(target)
  const scope = Scope.makeUnsafe()
  const built = await Effect.runPromiseExit(Layer.buildWithScope(layer, scope))
  if (Exit.isSuccess(built)) return connectedOf(built.value, scope)
  await Effect.runPromise(Scope.close(scope, built))
  throw asFailure(Cause.squash(built.cause))
}

/** The three services together, for programs that want all of a backend. */
export class Compute extends Context.Service<
  Compute,
  {
    readonly clusters: ClusterManager["Service"]
    readonly containers: ContainerManager["Service"]
    readonly jobs: Scheduler["Service"]
  }
>()("@orrery/core/Compute") {
  /** Out of the three services, whichever layers give them. */
  static readonly layer: Layer.Layer<Compute, never, AnyService> = Layer.effect(
    Compute,
    Effect.all({ clusters: ClusterManager, containers: ContainerManager, jobs: Scheduler })
  )
  /**
   * For programs without Effect: `const compute = await Compute.connect(layer)`. A layer is taken as it is; a provider's
   * module is used through the `production` middleware.
   */
  static readonly connect = connect
}
