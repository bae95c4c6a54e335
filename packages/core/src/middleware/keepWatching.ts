import { Clock, Context, Effect, Layer, Option, Queue, Result, Stream } from "effect"
import { ClusterManager } from "../service/ClusterManager.ts"
import { because, type ComputeError, Unavailable } from "../service/ComputeError.ts"
import { ContainerManager } from "../service/ContainerManager.ts"
import { Scheduler } from "../service/Scheduler.ts"
import type { Middleware } from "./Around.ts"
import { growingDelay } from "./growingDelay.ts"
import { type Watched, watchedCluster, watchedDeployment, watchedJob } from "./Watched.ts"

/** A watch that says nothing for so long is opened anew: it may be dead, and nothing of it would say so. */
const silenceMsMax = 120_000
/** A watch that breaks so often in a row, soon after it was opened and without news, has failed. */
const breaksMax = 20
const soonMs = 60_000
const delays = { delayMs: 500, delayMsMax: 30_000 }

/** One watch, however often it is opened. */
interface Kept<Event> {
  readonly backend: string
  readonly operation: string
  readonly open: Stream.Stream<Event, ComputeError>
  readonly begin: () => Watched<Event>
}

const comesBack = ({ retry }: ComputeError): boolean => retry === "later" || retry === "exhausted"

/** Tells what every one of the watches says that was not told before, until what is watched is over or gone. */
const follow = <Event>(
  { backend, begin, open, operation }: Kept<Event>,
  tell: (event: Event) => Effect.Effect<unknown>
): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const watched = begin()
    let breaks = 0
    let hasBegun = false
    let isOver = false
    const hear = (event: Event) => {
      const news = watched.news(event)
      hasBegun = true
      isOver ||= watched.isLast(event)
      if (news === undefined) return Effect.void
      breaks = 0
      return tell(news)
    }
    const hearAll = Effect.gen(function* () {
      for (const event of yield* watched.missed) yield* hear(event)
      yield* Stream.runForEach(open.pipe(Stream.timeout(silenceMsMax), Stream.takeUntil(watched.isLast)), hear)
    })
    while (true) {
      const openedAtMs = yield* Clock.currentTimeMillis
      const outcome = yield* Effect.result(hearAll)
      const atMs = yield* Clock.currentTimeMillis
      if (isOver) return
      const failure = Result.isFailure(outcome)
        ? outcome.failure
        : because(new Unavailable({ backend, operation, detail: "the watch ends before what it watches" }))
      if (Result.isFailure(outcome)) {
        if (!hasBegun) return yield* failure
        if (failure.reason._tag === "NotFound") {
          for (const event of watched.gone(atMs)) yield* tell(event)
          return
        }
        if (!comesBack(failure)) return yield* failure
      }
      breaks = atMs - openedAtMs >= soonMs ? 1 : breaks + 1
      if (breaks > breaksMax) return yield* failure
      yield* Effect.sleep(yield* growingDelay(breaks, delays))
    }
  })

const keep = <Event>(kept: Kept<Event>): Stream.Stream<Event, ComputeError> =>
  Stream.callback<Event, ComputeError>((queue) =>
    Effect.andThen(
      follow(kept, (event) => Queue.offer(queue, event)),
      Queue.end(queue)
    )
  )

const keptClusters = (service: ClusterManager["Service"]): ClusterManager["Service"] => ({
  ...service,
  watchCluster: (name) =>
    keep({
      backend: service.backend,
      operation: "watchCluster",
      open: service.watchCluster(name),
      begin: () => watchedCluster(name, service.getCluster(name))
    })
})

const keptContainers = (service: ContainerManager["Service"]): ContainerManager["Service"] => ({
  ...service,
  watchDeployment: (ref) =>
    keep({
      backend: service.backend,
      operation: "watchDeployment",
      open: service.watchDeployment(ref),
      begin: watchedDeployment
    })
})

const keptJobs = (service: Scheduler["Service"]): Scheduler["Service"] => ({
  ...service,
  watch: (ref) => keep({ backend: service.backend, operation: "watch", open: service.watch(ref), begin: watchedJob })
})

/**
 * Keeps watches going: one that breaks, ends too early or says nothing for long is opened anew, each change is told once
 * and nothing that happened meanwhile is lost. It ends with what it watches, and fails where the backend stays away.
 */
export const keepWatching = (): Middleware => (layer) =>
  Layer.flatMap(layer, (context) => {
    const services = new Map(context.mapUnsafe)
    const replace = <Key, Service>(key: Context.Key<Key, Service>, by: (service: Service) => Service) =>
      Option.map(Context.getOption(context, key), (service) => services.set(key.key, by(service)))
    replace(ClusterManager, keptClusters)
    replace(ContainerManager, keptContainers)
    replace(Scheduler, keptJobs)
    return Layer.succeedContext(Context.makeUnsafe(services))
  })
