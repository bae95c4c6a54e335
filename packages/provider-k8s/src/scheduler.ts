import { because, Conflict, type InNamespace, isOver, type Job, type JobEvent, NotFound, type Ref } from "@orrery/core"
import { Clock, Effect, Stream } from "effect"
import { Client } from "./Client.ts"
import { refuse } from "./deployments/problemsOf.ts"
import type { JobOptions } from "./jobs/JobOptions.ts"
import { setActive } from "./jobs/queues.ts"
import { fieldManager } from "./objects/fieldOwners.ts"
import { annotationOf, isMine, labelOf, mine, selectorText } from "./objects/labels.ts"
import { list } from "./objects/list.ts"
import { jobsPath, podsPath } from "./objects/paths.ts"
import { destroy, find as findStored } from "./objects/stored.ts"
import { untilOver } from "./objects/untilOver.ts"
import { watchOwned } from "./objects/watchOwned.ts"
import type { WireJob, WirePod } from "./objects/wire.ts"
import { ensurePriorityClass, removePriorityClasses } from "./pods/priorityClass.ts"
import { problemsOfPod } from "./pods/problemsOfPod.ts"
import { ownerOf, toJob, toJobStatus } from "./translate/job.ts"
import { queueKey } from "./translate/jobOptions.ts"
import { isBareNumber } from "./translate/priority.ts"

const subject = (operation: string, { name }: Ref) => ({ operation, kind: "job", name })
const refOf = ({ metadata }: WireJob): InNamespace<Ref> => ({
  name: metadata?.name ?? "",
  namespace: metadata?.namespace ?? "default"
})
const pathOf = (ref: InNamespace<Ref>): string => jobsPath(ref.namespace, ref.name)

const find = (operation: string, ref: InNamespace<Ref>) =>
  findStored<WireJob>({ ...subject(operation, ref), path: pathOf(ref) })

const findMine = Effect.fnUntraced(function* (operation: string, ref: InNamespace<Ref>) {
  const found = yield* find(operation, ref)
  if (found === undefined || !isMine(found))
    return yield* because(new NotFound({ backend: "kubernetes", operation, kind: "job", name: ref.name }))
  return found
})

const podQuery = (name: string) => ({ labelSelector: selectorText({ [labelOf.job]: name }) })

/** The pods of one job, as they are stored. */
export const jobPods = (operation: string, ref: InNamespace<Ref>) =>
  list<WirePod>({ ...subject(operation, ref), path: podsPath(ref.namespace), query: podQuery(ref.name) })

const statusOf = Effect.fnUntraced(function* (operation: string, ref: InNamespace<Ref>, job: WireJob) {
  return toJobStatus(job, yield* Stream.runCollect(jobPods(operation, ref)))
})

/** Queues the job; under a name that is taken by a job of ours, gives that one. */
export const submit = Effect.fn("kubernetes.submit")(function* (job: InNamespace<Job>, options: JobOptions = {}) {
  const client = yield* Client
  yield* refuse("submit", problemsOfPod("pod", job.pod))
  yield* ensurePriorityClass("submit", job.pod, ownerOf(job))
  const made = yield* client
    .request<WireJob>({
      ...subject("submit", job),
      method: "POST",
      path: jobsPath(job.namespace),
      query: { fieldManager, fieldValidation: "Strict" },
      body: toJob(job, options)
    })
    .pipe(
      Effect.map((created): WireJob | undefined => created),
      Effect.catchIf(
        ({ reason }) => reason._tag === "Conflict",
        () => Effect.as(Effect.void, undefined)
      )
    )
  if (made !== undefined) return toJobStatus(made, [])
  const there = yield* find("submit", job)
  if (there !== undefined && isMine(there)) return yield* statusOf("submit", job, there)
  const detail = there === undefined ? "it went away while we looked" : "it exists and is not ours"
  return yield* because(
    new Conflict({ backend: "kubernetes", operation: "submit", kind: "job", name: job.name, detail })
  )
})

/** One job of ours, with its tries. */
export const get = Effect.fn("kubernetes.get")(function* (ref: InNamespace<Ref>) {
  return yield* statusOf("get", ref, yield* findMine("get", ref))
})

/** Jobs of ours, in one namespace or in all: two lists, however many there are. */
export const listJobs = (namespace?: string) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const call = { operation: "list", kind: "namespace", name: namespace ?? "" }
      const marked = selectorText({ [mine.key]: mine.value })
      const byJob = new Map<string, Array<WirePod>>()
      const query = { labelSelector: `${marked},${labelOf.job}` }
      yield* Stream.runForEach(list<WirePod>({ ...call, path: podsPath(namespace), query }), (pod) =>
        Effect.sync(() => {
          const key = `${pod.metadata?.namespace}/${pod.metadata?.labels?.[labelOf.job]}`
          const pods = byJob.get(key)
          if (pods === undefined) byJob.set(key, [pod])
          else pods.push(pod)
        })
      )
      return list<WireJob>({ ...call, path: jobsPath(namespace), query: { labelSelector: marked } }).pipe(
        Stream.map((job) => toJobStatus(job, byJob.get(`${job.metadata?.namespace}/${job.metadata?.name}`) ?? []))
      )
    })
  )

type Marks = Readonly<Record<string, string | null>>

/** Suspends a job or lets it go, and marks it so; null takes a mark away. */
export const change = (
  operation: string,
  ref: InNamespace<Ref>,
  { suspend, ...metadata }: { readonly suspend: boolean; readonly annotations?: Marks; readonly labels?: Marks }
) =>
  Effect.flatMap(Client, (client) =>
    client.request<WireJob>({
      ...subject(operation, ref),
      method: "PATCH",
      path: pathOf(ref),
      query: { fieldManager },
      contentType: "application/merge-patch+json",
      body: { metadata, spec: { suspend } }
    })
  )

const over = (job: WireJob): boolean => isOver(toJobStatus(job, []).state)

/** Suspends it for good, and marks it so; its pods end. */
export const cancel = Effect.fn("kubernetes.cancel")(function* (ref: InNamespace<Ref>) {
  const job = yield* findMine("cancel", ref)
  if (over(job)) return
  yield* setActive("cancel", job, false)
  yield* change("cancel", ref, {
    suspend: true,
    labels: { [labelOf.waits]: null },
    annotations: { [annotationOf.cancelled]: "true", [annotationOf.held]: null }
  })
})

const isCancelled = ({ metadata }: WireJob): boolean => metadata?.annotations?.[annotationOf.cancelled] === "true"
const isHeld = ({ metadata }: WireJob): boolean => metadata?.annotations?.[annotationOf.held] === "true"
const isWaiting = ({ metadata }: WireJob): boolean => metadata?.labels?.[labelOf.waits] === "true"

/** Suspends it until it is released; what runs is stopped. */
export const hold = Effect.fn("kubernetes.hold")(function* (ref: InNamespace<Ref>) {
  const job = yield* findMine("hold", ref)
  if (over(job) || isCancelled(job)) return
  yield* setActive("hold", job, false)
  yield* change("hold", ref, { suspend: true, annotations: { [annotationOf.held]: "true" } })
})

/** What lets a job run as far as we are concerned: it starts, or its queue learns of it and lets it go in its turn. */
const offered = ({ metadata }: WireJob) => {
  const parked = metadata?.annotations?.[annotationOf.queue]
  const queued = parked !== undefined || metadata?.labels?.[queueKey] !== undefined
  return {
    suspend: queued,
    labels: parked === undefined ? {} : { [queueKey]: parked },
    annotations: parked === undefined ? {} : { [annotationOf.queue]: null }
  }
}

/** Lets a job go that waited for others; one that is held stays held. */
export const letGo = (operation: string, job: WireJob) => {
  const { labels, suspend, ...more } = isHeld(job) ? { suspend: true, labels: {} } : offered(job)
  return change(operation, refOf(job), { ...more, suspend, labels: { ...labels, [labelOf.waits]: null } })
}

/** Lets a held job go on; a job in a queue is let go by that queue. */
export const release = Effect.fn("kubernetes.release")(function* (ref: InNamespace<Ref>) {
  const job = yield* findMine("release", ref)
  if (over(job) || isCancelled(job) || !isHeld(job)) return
  const { annotations, ...goes } = isWaiting(job) ? { suspend: true, annotations: {} } : offered(job)
  yield* change("release", ref, { ...goes, annotations: { ...annotations, [annotationOf.held]: null } })
  yield* setActive("release", job, true)
})

/** Removes it with its pods, and waits until they are gone. */
export const remove = Effect.fn("kubernetes.remove")(function* (ref: InNamespace<Ref>) {
  const found = yield* find("remove", ref)
  const companions = removePriorityClasses("remove", ownerOf(ref))
  // whoever was killed between the two, or a time to live, may have left the class alone
  if (found === undefined) return yield* companions
  if (!isMine(found)) return
  const graceMs = (found.spec?.template.spec?.terminationGracePeriodSeconds ?? 30) * 1000
  const holders = Effect.map(Stream.runCollect(jobPods("remove", ref)), (left) =>
    left.map(({ metadata }) => `pod ${metadata?.name ?? ""}`)
  )
  const hadNumber = isBareNumber(found.spec?.template.spec?.priorityClassName)
  yield* destroy(
    { ...subject("remove", ref), path: pathOf(ref) },
    { graceMs, holders, companions: hadNumber ? companions : Effect.void }
  )
})

/** What is there, then every change of the job or its pods; ends when the job is over or gone. */
export const watchJob = (ref: InNamespace<Ref>) =>
  Stream.unwrap(
    Effect.gen(function* () {
      let job = yield* findMine("watch", ref)
      const seen = watchOwned<WireJob>({
        owner: { ...subject("watch", ref), path: jobsPath(ref.namespace) },
        pods: podsPath(ref.namespace),
        labels: { [labelOf.job]: ref.name }
      })
      return seen.pipe(
        Stream.mapEffect(({ gone, owner, pods }) =>
          Effect.map(Clock.currentTimeMillis, (atMs) => {
            job = owner ?? job
            const event: JobEvent = { atMs, job: toJobStatus(job, pods) }
            return { event, gone }
          })
        ),
        // most of what pods go through changes nothing that is told here
        Stream.changesWith((a, b) => a.gone === b.gone && JSON.stringify(a.event.job) === JSON.stringify(b.event.job)),
        Stream.takeUntil(({ event, gone }) => gone || isOver(event.job.state)),
        Stream.map(({ event }) => event)
      )
    })
  )

/** Waits until it is over, or gone. */
export const ended = (ref: InNamespace<Ref>) =>
  untilOver<WireJob>({ ...subject("logs", ref), path: jobsPath(ref.namespace) }, over)
