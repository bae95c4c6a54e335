import { because, type ComputeError, Unavailable } from "@orrery/core"
import { Effect, Stream } from "effect"
import { type Broken, brokenClusters, brokenContainers, brokenJobs } from "./Broken.ts"

/** One thing that can be wrong with a watch, whatever it watches. */
export type Unsteady = <A>(watch: Stream.Stream<A, ComputeError>) => Stream.Stream<A, ComputeError>

const cut = because(new Unavailable({ backend: "memory", operation: "watch", detail: "the wire broke" }))

const endsEarly: Unsteady = (watch) => Stream.take(watch, 1)
const fallsSilent: Unsteady = (watch) => Stream.concat(Stream.take(watch, 1), Stream.never)
const breaksAtOnce: Unsteady = (watch) => Stream.concat(Stream.take(watch, 1), Stream.fail(cut))
/** The first event comes again after each other one, as from a copy that lags behind. */
const goesBack: Unsteady = <A>(watch: Stream.Stream<A, ComputeError>) =>
  Stream.suspend(() => {
    let first: A | undefined
    return Stream.flatMap(watch, (event) => {
      if (first !== undefined) return Stream.make(event, first)
      first = event
      return Stream.make(event)
    })
  })
/** What was told is remembered where the watch is asked for, not where it is run. */
const remembersItsFirstReader: Unsteady = (watch) => {
  let wasRun = false
  return Stream.unwrap(
    Effect.sync(() => {
      const isAgain = wasRun
      wasRun = true
      return Stream.drop(watch, isAgain ? 1 : 0)
    })
  )
}

/** Breaks once and then goes on for good, which no app needs to mind. */
export const breaksOnce = (): Unsteady => {
  let opened = 0
  return (watch) => Stream.suspend(() => (opened++ % 2 === 0 ? breaksAtOnce(watch) : watch))
}

const clusterWatch =
  "watchCluster begins with what is there, misses no node that comes or goes, and ends with the cluster"
const clusterAgain = "watchCluster that is opened anew, be it the same stream, begins with all that is there by then"
const deploymentWatch = "watchDeployment begins with what is there, last tells how it is, and ends with the deployment"
const deploymentAgain = "watchDeployment that is opened anew, be it the same stream, begins with what is there by then"
const jobWatch = "watch begins with what is there, only moves on, and ends with the job"
const jobAgain = "watch that is opened anew, be it the same stream, begins with what is there by then, be it the end"

/** A backend whose watches of clusters are so. */
export const unsteadyClusters = (name: string, rejectedBy: ReadonlyArray<string>, unsteady: Unsteady): Broken =>
  brokenClusters(`${name} (clusters)`, rejectedBy, (good) => ({
    watchCluster: (cluster) => unsteady(good.watchCluster(cluster))
  }))
/** A backend whose watches of deployments are so. */
export const unsteadyContainers = (name: string, rejectedBy: ReadonlyArray<string>, unsteady: Unsteady): Broken =>
  brokenContainers(`${name} (deployments)`, rejectedBy, (good) => ({
    watchDeployment: (ref) => unsteady(good.watchDeployment(ref))
  }))
/** A backend whose watches of jobs are so. */
export const unsteadyJobs = (name: string, rejectedBy: ReadonlyArray<string>, unsteady: Unsteady): Broken =>
  brokenJobs(`${name} (jobs)`, rejectedBy, (good) => ({ watch: (ref) => unsteady(good.watch(ref)) }))

/** Backends whose watches cannot be relied upon. */
export const watchZoo: ReadonlyArray<Broken> = [
  unsteadyClusters("ends a watch as if all was said", [clusterWatch, clusterAgain], endsEarly),
  unsteadyContainers("ends a watch as if all was said", [deploymentWatch], endsEarly),
  unsteadyJobs("ends a watch as if all was said", [jobWatch], endsEarly),
  unsteadyClusters("falls silent", [clusterWatch, clusterAgain], fallsSilent),
  unsteadyContainers("falls silent", [deploymentWatch], fallsSilent),
  unsteadyJobs("falls silent", [jobWatch, jobAgain], fallsSilent),
  unsteadyClusters("breaks a watch at every event", [clusterWatch, clusterAgain], breaksAtOnce),
  unsteadyContainers("breaks a watch at every event", [deploymentWatch], breaksAtOnce),
  unsteadyJobs("breaks a watch at every event", [jobWatch, jobAgain], breaksAtOnce),
  unsteadyContainers("goes back to what was", [deploymentWatch], goesBack),
  unsteadyJobs("goes back to what was", [jobWatch], goesBack),
  unsteadyClusters("remembers a watch's first reader", [clusterAgain], remembersItsFirstReader),
  unsteadyContainers("remembers a watch's first reader", [deploymentAgain], remembersItsFirstReader),
  unsteadyJobs("remembers a watch's first reader", [jobAgain], remembersItsFirstReader),
  brokenClusters("says nothing of nodes that go (clusters)", [clusterWatch], (good) => ({
    watchCluster: (name) => Stream.filter(good.watchCluster(name), ({ type }) => type !== "NodeRemoved")
  }))
]
