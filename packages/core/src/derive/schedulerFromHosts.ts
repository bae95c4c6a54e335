import { Clock, Effect, Layer, Result, Stream } from "effect"
import { Occupancy, occupies } from "../decide/Occupancy.ts"
import { placeIn } from "../decide/place.ts"
import { pollChanges } from "../loop/pollChanges.ts"
import { isOver, type Job, type JobEvent, type JobStatus } from "../model/Job.ts"
import { type InNamespace, listedIn, within } from "../model/Namespace.ts"
import { onDemand } from "../model/onDemand.ts"
import { requestOf } from "../model/Pod.ts"
import { minus, none, plus } from "../model/Resources.ts"
import { same } from "../model/same.ts"
import { Hosts } from "../ports/Hosts.ts"
import { because, type ComputeError, Leftovers, NotFound } from "../service/ComputeError.ts"
import type { Ref } from "../service/Ref.ts"
import { type Capacity, Scheduler, type Why } from "../service/Scheduler.ts"
import { type HostsOptions, keepPassing, settingsOf } from "./hosts/HostsOptions.ts"
import { isRunning, JobDocument, jobKey, podName, stateOf, statusOf } from "./hosts/JobDocument.ts"
import { podsOf, tasksToBegin } from "./hosts/judgeJob.ts"
import { podLogs } from "./hosts/podLogs.ts"
import { reconcileJob, unseenPods, waitingPod } from "./hosts/reconcileJob.ts"
import { makeStore, type Store, type Versioned } from "./hosts/Store.ts"
import { type Look, lockOf, seeHosts } from "./hosts/seeHosts.ts"
import { passesPerSweep, sweepStrays } from "./hosts/sweepStrays.ts"
import { turnIn } from "./hosts/turnIn.ts"
import { podOf } from "./podOf.ts"

/** What the methods of the derived scheduler share. */
interface Desk {
  readonly hosts: Hosts["Service"]
  readonly store: Store<JobDocument>
  readonly settings: Required<HostsOptions>
}

/** Whose turn it is: the more important first, then who came first. */
const byTurn = ({ value: a }: Versioned<JobDocument>, { value: b }: Versioned<JobDocument>): number =>
  b.spec.pod.priority - a.spec.pod.priority || a.submittedAtMs - b.submittedAtMs || (a.id < b.id ? -1 : 1)

const occupancyOf = (documents: ReadonlyArray<Versioned<JobDocument>>, look: Look): Occupancy =>
  new Occupancy(look.open, [...look.pods.map(podOf), ...documents.flatMap(({ value }) => unseenPods(value, look))])

/** One look, then every job that is not over a step further. */
const passOver = ({ hosts, store }: Desk): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const all = yield* store.list()
    const documents = all.filter(
      ({ value }) => value.removing || !isOver(stateOf(value)) || value.spec.ttlAfterEndMs !== undefined
    )
    if (documents.length === 0) return
    const look = yield* seeHosts(hosts)
    const occupancy = onDemand(() => occupancyOf(documents, look))
    for (const stored of documents.toSorted(byTurn))
      yield* reconcileJob({ hosts, store }, stored, look, occupancy, turnIn(all, stored.value)).pipe(
        // Somebody else is at this one just now; the next pass takes it up from what they wrote.
        Effect.catchIf(
          ({ reason }) => reason._tag === "Stale",
          () => Effect.void
        )
      )
  }).pipe(lockOf(hosts).withPermit)

const read = (
  { hosts, store }: Desk,
  operation: string,
  ref: InNamespace<Ref>
): Effect.Effect<JobDocument, ComputeError> =>
  Effect.flatMap(store.read(jobKey(ref)), (stored) =>
    stored === undefined
      ? Effect.fail(because(new NotFound({ backend: hosts.backend, operation, kind: "job", name: ref.name })))
      : Effect.succeed(stored.value)
  )

const submit = (desk: Desk, spec: InNamespace<Job>) =>
  Effect.gen(function* () {
    // A removal that was begun is ended first: the new job of the name is another one.
    if ((yield* desk.store.read(jobKey(spec)))?.value.removing === true) yield* remove(desk, spec)
    const submittedAtMs = yield* Clock.currentTimeMillis
    yield* desk.store.change(jobKey(spec), (document) =>
      Effect.succeed(
        document ?? {
          id: `${spec.namespace}/${spec.name}@${submittedAtMs}`,
          spec: structuredClone(spec),
          submittedAtMs,
          held: spec.held,
          removing: false,
          tries: []
        }
      )
    )
    yield* passOver(desk)
    return statusOf(yield* read(desk, "submit", spec))
  })

/** Changes a job that is there, then acts on it. A job that is over stays as it is. */
const change = (desk: Desk, operation: string, ref: InNamespace<Ref>, to: (document: JobDocument) => JobDocument) =>
  Effect.gen(function* () {
    yield* desk.store.change(jobKey(ref), (document) =>
      document === undefined
        ? Effect.fail(because(new NotFound({ backend: desk.hosts.backend, operation, kind: "job", name: ref.name })))
        : Effect.succeed(to(document))
    )
    yield* passOver(desk)
  })

const cancel = (desk: Desk, ref: InNamespace<Ref>) =>
  Effect.flatMap(Clock.currentTimeMillis, (atMs) =>
    change(desk, "cancel", ref, (document) => ({
      ...document,
      verdict: document.verdict ?? { state: "cancelled", atMs }
    }))
  )

const remove = (desk: Desk, ref: InNamespace<Ref>) =>
  Effect.gen(function* () {
    const beganAtMs = yield* Clock.currentTimeMillis
    if ((yield* desk.store.read(jobKey(ref))) === undefined) return
    // a pass may have ended a removal that was begun before, between our look and this
    yield* change(desk, "remove", ref, (document) => ({ ...document, removing: true })).pipe(
      Effect.catchIf(
        ({ reason }) => reason._tag === "NotFound",
        () => Effect.void
      )
    )
    while (true) {
      const left = yield* desk.store.read(jobKey(ref))
      if (left === undefined) return
      if ((yield* Clock.currentTimeMillis) - beganAtMs >= desk.settings.stopMsMax) {
        const items = left.value.tries
          .filter(({ state }) => state === "running")
          .map((one) => `task ${one.index} on ${one.node}`)
        return yield* because(new Leftovers({ backend: desk.hosts.backend, operation: "remove", items }))
      }
      yield* Effect.sleep(desk.settings.everyMs)
      yield* passOver(desk)
    }
  })

const explainWaiting = (desk: Desk, document: JobDocument): Effect.Effect<Why, ComputeError> =>
  Effect.gen(function* () {
    const look = yield* seeHosts(desk.hosts)
    const turn = turnIn(yield* desk.store.list(), document)
    if (turn._tag !== "Go") return { summary: turn.why, refusals: [] }
    const [task] = tasksToBegin(document)
    if (task === undefined) return { summary: "it waits for its running tasks to end", refusals: [] }
    const documents = yield* desk.store.list()
    const placement = placeIn(occupancyOf(documents, look), waitingPod(document, task))
    if (Result.isSuccess(placement))
      return { summary: `task ${task.index} is about to start on ${placement.success.node}`, refusals: [] }
    const refusals = [
      ...placement.failure,
      ...look.nodes
        .filter(({ name }) => !look.open.some((node) => node.name === name))
        .map(({ name, state }) => ({
          candidate: name,
          code: "unavailable",
          why:
            look.where(name) === "silent"
              ? "does not answer"
              : `takes no work: ${state === "ready" ? "cordoned" : state}`
        }))
    ]
    return { summary: `no host takes task ${task.index}: ${refusals.length} of ${look.nodes.length} refuse`, refusals }
  })

const why = (desk: Desk, ref: InNamespace<Ref>): Effect.Effect<Why, ComputeError> =>
  Effect.flatMap(read(desk, "why", ref), (document) => {
    const { reason, state } = statusOf(document)
    if (state === "waiting") return explainWaiting(desk, document)
    const summary = state === "held" ? "it is held until it is released" : `it is ${state}`
    return Effect.succeed({ summary: reason === undefined ? summary : `${summary}: ${reason}`, refusals: [] })
  })

/** What hosts have and what is free of it. Nothing is known to be free where nobody answers. */
const capacity = ({ hosts }: Desk): Effect.Effect<Capacity, ComputeError> =>
  Effect.map(seeHosts(hosts), (look) => ({
    nodes: look.nodes
      .filter(({ state }) => state !== "gone")
      .map(({ capacity: total, name }) => {
        const isOpen = look.open.some((node) => node.name === name)
        const used = look.pods
          .filter((pod) => pod.node === name && occupies(podOf(pod)))
          .reduce((sum, { spec }) => plus(sum, requestOf(spec)), none)
        return { name, total, free: isOpen ? minus(total, used) : none }
      })
  }))

const watch = (desk: Desk, ref: InNamespace<Ref>): Stream.Stream<JobEvent, ComputeError> =>
  pollChanges<JobStatus, JobEvent>({
    backend: desk.hosts.backend,
    operation: "watch",
    kind: "job",
    name: ref.name,
    everyMs: desk.settings.everyMs,
    read: Effect.map(desk.store.read(jobKey(ref)), (stored) =>
      stored === undefined ? undefined : statusOf(stored.value)
    ),
    changes: (before, after, atMs) => (after === undefined || same(before, after) ? [] : [{ atMs, job: after }]),
    isOver: ({ state }) => isOver(state)
  })

const serviceOf = (desk: Desk): Scheduler["Service"] => {
  const { hosts, settings, store } = desk
  const at = within(settings.namespace)
  return Scheduler.of({
    backend: hosts.backend,
    capabilities: hosts.capabilities,
    submit: (job) => submit(desk, at(job)),
    get: (ref) => Effect.andThen(passOver(desk), Effect.map(read(desk, "get", at(ref)), statusOf)),
    list: (namespace) =>
      Stream.fromIterableEffect(store.list(listedIn(settings.namespace, namespace))).pipe(
        Stream.map(({ value }) => statusOf(value))
      ),
    cancel: (ref) => cancel(desk, at(ref)),
    hold: (ref) => change(desk, "hold", at(ref), (document) => ({ ...document, held: true })),
    release: (ref) => change(desk, "release", at(ref), (document) => ({ ...document, held: false })),
    remove: (ref) => remove(desk, at(ref)),
    logs: (ref, options) =>
      Stream.unwrap(
        Effect.gen(function* () {
          const document = yield* read(desk, "logs", at(ref))
          const pods = podsOf(document, yield* seeHosts(hosts))
          const byName = [...pods.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
          return podLogs(hosts, byName, options, desk.settings.everyMs)
        })
      ),
    watch: (ref) => watch(desk, at(ref)),
    why: (ref) => why(desk, at(ref)),
    capacity: capacity(desk)
  })
}

/**
 * A whole Scheduler over hosts that run what they are told: jobs are documents at the hosts, our own placement decides
 * where tasks go, and exit codes are read off the pods, which stay until their job is removed.
 */
export const schedulerFromHosts = (options: HostsOptions = {}): Layer.Layer<Scheduler, never, Hosts> =>
  Layer.effect(
    Scheduler,
    Effect.gen(function* () {
      const hosts = yield* Hosts
      const settings = settingsOf(options)
      const desk: Desk = { hosts, store: makeStore(hosts, "job/", JobDocument), settings }
      yield* Effect.forkScoped(keepPassing(`${hosts.backend} jobs`, passOver(desk), settings.everyMs))
      const sweep = sweepStrays(hosts, "job", desk.store, ({ spec, tries }, pod) =>
        tries.some((one) => isRunning(one) && podName(spec, one) === pod.name)
      )
      const sweepEveryMs = settings.everyMs * passesPerSweep
      yield* Effect.forkScoped(keepPassing(`${hosts.backend} strays of jobs`, sweep, sweepEveryMs))
      return serviceOf(desk)
    })
  )
