import { ClusterManager, type ComputeError, ContainerManager, Scheduler } from "@orrery/core"
import { Effect, Layer, Option, Stream } from "effect"
import type { Backend } from "../../src/index.ts"
import { memoryClusters } from "../memory/clusters.ts"
import { memoryContainers } from "../memory/deployments.ts"
import { memoryJobs } from "../memory/jobs.ts"
import { memory } from "../memory/memory.ts"

/** A backend with one fault, and the titles (without their ids) of exactly those checks that must reject it. */
export interface Broken {
  readonly name: string
  readonly backend: Backend
  readonly rejectedBy: ReadonlyArray<string>
}

/** The honest backend's clusters with some calls done wrongly. */
export const brokenClusters = (
  name: string,
  rejectedBy: ReadonlyArray<string>,
  spoil: (good: ClusterManager["Service"]) => Partial<ClusterManager["Service"]>
): Broken => {
  const base = memory()
  const spoiled = Layer.effect(
    ClusterManager,
    Effect.map(ClusterManager, (good) => ({ ...good, ...spoil(good) }))
  ).pipe(Layer.provide(memoryClusters(base.capabilities)))
  return { name, rejectedBy, backend: { ...base, services: { clusters: spoiled } } }
}

/** The honest backend's deployments with some calls done wrongly. */
export const brokenContainers = (
  name: string,
  rejectedBy: ReadonlyArray<string>,
  spoil: (good: ContainerManager["Service"]) => Partial<ContainerManager["Service"]>
): Broken => {
  const base = memory()
  const spoiled = Layer.effect(
    ContainerManager,
    Effect.map(ContainerManager, (good) => ({ ...good, ...spoil(good) }))
  ).pipe(Layer.provide(memoryContainers(base.capabilities)))
  return { name, rejectedBy, backend: { ...base, services: { containers: spoiled } } }
}

/** The honest backend's jobs with some calls done wrongly. */
export const brokenJobs = (
  name: string,
  rejectedBy: ReadonlyArray<string>,
  spoil: (good: Scheduler["Service"]) => Partial<Scheduler["Service"]>
): Broken => {
  const base = memory()
  const spoiled = Layer.effect(
    Scheduler,
    Effect.map(Scheduler, (good) => ({ ...good, ...spoil(good) }))
  ).pipe(Layer.provide(memoryJobs(base.capabilities)))
  return { name, rejectedBy, backend: { ...base, services: { jobs: spoiled } } }
}

/** A list that is read by position, a page of two at a time: what goes meanwhile makes it skip what comes after. */
export const byPosition = <A>(
  list: Stream.Stream<A, ComputeError>,
  nameOf: (item: A) => string
): Stream.Stream<A, ComputeError> =>
  Stream.paginate(0, (from: number) =>
    Effect.gen(function* () {
      const all = yield* Stream.runCollect(list)
      const byName = all.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
      yield* Effect.sleep(7)
      const next = from + 2 < all.length ? Option.some(from + 2) : Option.none<number>()
      return [byName.slice(from, from + 2), next] as const
    })
  )

/** A list whose pages are counted where it is asked for, so that it is empty when it is read again. */
export const readOnce = <A>(list: Stream.Stream<A, ComputeError>): Stream.Stream<A, ComputeError> => {
  let wasRead = false
  return Stream.suspend(() => {
    const isAgain = wasRead
    wasRead = true
    return isAgain ? Stream.empty : list
  })
}
