import {
  autoscale,
  ClusterManager,
  type ClusterSpec,
  type ComputeError,
  ContainerManager,
  type Deployment,
  everywhere,
  Hosts,
  isOver,
  type Job,
  type JobStatus,
  type Machines,
  Machines as MachinesPort,
  type Offering,
  type Pod,
  podOf,
  production,
  Scheduler
} from "@orrery/core"
import { Clock, Effect, Layer, Stream } from "effect"
import type { SimulatedBackend } from "../provider/simulated.ts"
import { arrivals } from "../workload/arrivals.ts"
import type { FleetReport } from "./FleetReport.ts"
import { JobBook } from "./JobBook.ts"
import type { SimulationSpec } from "./SimulationSpec.ts"

/** A fleet and what is to happen to it. */
export interface FleetLife {
  readonly backend: SimulatedBackend
  readonly cluster: ClusterSpec
  readonly deployments: ReadonlyArray<Deployment>
  readonly jobs: ReadonlyArray<Job>
  readonly spec: SimulationSpec
}

/** What only the services can tell in the end. */
export type LifeReport = Pick<
  FleetReport,
  "deployments" | "failures" | "jobs" | "plan" | "refused" | "waiting" | "waitingByWorkload"
>

const dayMs = 86_400_000
/** The paces of the loops: as fast as a week needs, and as slow as it can do. */
const paces = { autoscaleMs: 60_000, hostsMs: 60_000, fleetMs: 300_000, sweepMs: 300_000 }
/** Jobs that wait in the end and whose reasons are told, at most. */
const explainedMax = 20

interface Desk {
  readonly clusters: ClusterManager["Service"]
  readonly containers: ContainerManager["Service"]
  readonly jobs: Scheduler["Service"]
  readonly hosts: Hosts["Service"]
  readonly machines: Machines["Service"]
  readonly book: JobBook
  readonly refused: Map<string, FleetReport["refused"][number]>
}

/** Creates what the file asks for, lets the days pass while jobs come and the loops work, and takes stock. */
export const liveFleet = (life: FleetLife): Effect.Effect<LifeReport, ComputeError> =>
  Effect.gen(function* () {
    const desk: Desk = {
      clusters: yield* ClusterManager,
      containers: yield* ContainerManager,
      jobs: yield* Scheduler,
      hosts: yield* Hosts,
      machines: yield* MachinesPort,
      book: new JobBook(),
      refused: new Map()
    }
    const plan = yield* desk.clusters.plan(life.cluster)
    yield* Effect.forkScoped(bringUp(desk, life))
    yield* Effect.forkScoped(feed(desk, life))
    yield* Effect.forkScoped(sweep(desk))
    yield* Effect.sleep(life.spec.days * dayMs)
    return { plan, ...(yield* takeStock(desk, life)) }
  }).pipe(Effect.scoped, Effect.provide(servicesOf(life.backend)))

const servicesOf = (backend: SimulatedBackend) =>
  backend
    .services({
      fleet: { everyMs: paces.hostsMs, controlEveryMs: paces.fleetMs, waits: false },
      hosts: { everyMs: paces.hostsMs }
    })
    .pipe(production(), Layer.merge(backend.ports))

/** What could not be brought up at first is asked for again until it is there: a week is long. */
const bringUp = (desk: Desk, { cluster, deployments }: FleetLife): Effect.Effect<never> =>
  Effect.gen(function* () {
    yield* insist(desk, `cluster/${cluster.name}`, desk.clusters.createCluster(cluster))
    yield* Effect.forkChild(
      autoscale({
        clusters: desk.clusters,
        cluster: cluster.name,
        pods: allPods(desk),
        offerings: offeringsFor(desk, cluster),
        everyMs: paces.autoscaleMs
      })
    )
    yield* Effect.forEach(
      deployments,
      (deployment) => insist(desk, `deployment/${deployment.name}`, desk.containers.createDeployment(deployment)),
      { discard: true }
    )
    return yield* Effect.never
  })

const count = (refused: Map<string, FleetReport["refused"][number]>, what: string, why: string): void => {
  const key = `${what}: ${why}`
  refused.set(key, { what, count: (refused.get(key)?.count ?? 0) + 1, why })
}

/** What will never work is told in the report, and the week goes on without it. */
const insist = <A>({ refused }: Desk, what: string, call: Effect.Effect<A, ComputeError>): Effect.Effect<void> => {
  const insisting: Effect.Effect<void> = Effect.matchEffect(call, {
    onFailure: (error) =>
      error.retry === "never"
        ? Effect.sync(() => count(refused, what, error.reason.what))
        : Effect.andThen(Effect.sleep(paces.autoscaleMs), insisting),
    onSuccess: () => Effect.void
  })
  return insisting
}

const offeringsFor = (
  desk: Desk,
  { nodePools, region }: ClusterSpec
): Effect.Effect<ReadonlyArray<Offering>, ComputeError> =>
  desk.machines.offerings(region, [...new Set(nodePools.flatMap(({ instanceTypes }) => instanceTypes))])

/** The file's jobs at the start, then what the workload brings. */
const feed = (desk: Desk, { jobs: first, spec }: FleetLife): Effect.Effect<never> =>
  Effect.gen(function* () {
    const startMs = yield* Clock.currentTimeMillis
    const all = [...first.map((job) => ({ atMs: 0, job })), ...arrivals(spec.workload, spec.seed, spec.days)]
    for (const { atMs, job } of all) {
      yield* Effect.sleep(Math.max(0, startMs + atMs - (yield* Clock.currentTimeMillis)))
      desk.book.submitted += 1
      yield* Effect.forkChild(insist(desk, "jobs", desk.jobs.submit(job)))
    }
    return yield* Effect.never
  })

/** Writes down jobs that are over, and has the scheduler forget them. */
const sweep = (desk: Desk): Effect.Effect<never> =>
  Effect.gen(function* () {
    const listed = yield* Effect.result(Stream.runCollect(desk.jobs.list(everywhere)))
    const over = listed._tag === "Success" ? listed.success.filter(({ state }) => isOver(state)) : []
    for (const job of over) {
      desk.book.close(job)
      yield* Effect.ignore(desk.jobs.remove(job.spec))
    }
  }).pipe(Effect.andThen(Effect.sleep(paces.sweepMs)), Effect.forever)

/** Pods that have a host, and those that deployments and jobs still lack. */
const allPods = (desk: Desk): Effect.Effect<ReadonlyArray<Pod>, ComputeError> =>
  Effect.gen(function* () {
    const { pods } = yield* desk.hosts.pods
    const placed = pods.map(podOf)
    const deployments = yield* Stream.runCollect(desk.containers.listDeployments(everywhere))
    const jobs = yield* Stream.runCollect(desk.jobs.list(everywhere))
    const short = deployments.flatMap(({ replicas, spec }) =>
      lackingPods(spec, spec.template, { kind: "deployment", count: replicas.desired - replicas.total, createdAtMs: 0 })
    )
    const waiting = jobs
      .filter(({ state }) => !isOver(state))
      .flatMap((job) =>
        lackingPods(
          job.spec,
          { labels: job.spec.labels, spec: job.spec.pod },
          { kind: "job", count: beginnable(job), createdAtMs: job.submittedAtMs }
        )
      )
    return [...placed, ...short, ...waiting]
  })

/** Tasks that would begin at once if there were room. */
const beginnable = ({ spec, tasks }: JobStatus): number => Math.min(tasks.waiting, spec.parallelism - tasks.running)

const lackingPods = (
  { name, namespace }: { readonly name: string; readonly namespace: string },
  { labels, spec }: Pick<Pod, "labels" | "spec">,
  {
    count,
    createdAtMs,
    kind
  }: { readonly kind: "deployment" | "job"; readonly count: number; readonly createdAtMs: number }
): ReadonlyArray<Pod> =>
  Array.from({ length: Math.max(0, count) }, (_, index) => ({
    name: `${name}-waiting-${index}`,
    namespace,
    labels,
    spec,
    state: "waiting" as const,
    owner: { kind, name },
    createdAtMs
  }))

/** How things stand in the end. */
const takeStock = (desk: Desk, { backend }: FleetLife): Effect.Effect<Omit<LifeReport, "plan">, ComputeError> =>
  Effect.gen(function* () {
    const listed = yield* Stream.runCollect(desk.jobs.list(everywhere))
    for (const job of listed) if (isOver(job.state)) desk.book.close(job)
    const open = listed.filter(({ state }) => !isOver(state))
    const deployments = yield* Stream.runCollect(desk.containers.listDeployments(everywhere))
    const waiting = open.filter(({ state }) => state === "waiting").slice(0, explainedMax)
    const reasons = yield* Effect.forEach(waiting, ({ spec }) =>
      Effect.map(desk.jobs.why(spec), ({ summary }) => ({ what: `job ${spec.name}`, why: summary, count: 1 }))
    )
    return {
      ...desk.book.totals(open, yield* Clock.currentTimeMillis),
      deployments: deployments.map(({ replicas, spec }) => ({
        name: spec.name,
        desired: replicas.desired,
        ready: replicas.ready
      })),
      refused: [...backend.park.refusals(), ...desk.refused.values(), ...reasons]
    }
  })
