import { join } from "node:path"
import {
  because,
  type ComputeError,
  Conflict,
  type Dependents,
  type InNamespace,
  InvalidInput,
  isOver,
  type Job,
  type JobStatus,
  keepDependencies,
  listedIn,
  NotFound,
  type Ref,
  Scheduler,
  same,
  Unclassified,
  usualNamespace,
  within
} from "@orrery/core"
import { Effect, Layer, Result, Stream } from "effect"
import { Client } from "./Client.ts"
import { capabilities } from "./capabilities.ts"
import { all, quote } from "./classAd.ts"
import { follow, printed } from "./logs.ts"
import { toCapacity } from "./nodes.ts"
import { Queue } from "./Queue.ts"
import { folderOf, forgottenAttribute, nameAttribute, submitText } from "./submitText.ts"
import { why } from "./why.ts"

const backend = "htcondor"
const keyOf = ({ name, namespace }: InNamespace<Ref>): string => `${namespace}/${name}`
const remembered = `${forgottenAttribute} =!= true`
const named = (ref: InNamespace<Ref>): string => `${nameAttribute} =?= ${quote(keyOf(ref))}`
/** The condition of a job's processes, the forgotten ones too, for tools that act on them. */
const every = (ref: InNamespace<Ref>) => Queue.use(({ mine }) => Effect.map(mine, (ours) => all([ours, named(ref)])))
const ours = (ref: InNamespace<Ref>) => Effect.map(every(ref), (marked) => all([marked, remembered]))

const query = (...constraints: ReadonlyArray<string>) =>
  Queue.use((queue) => queue.jobs(all([...constraints, remembered])))

const find = Effect.fnUntraced(function* (operation: string, ref: InNamespace<Ref>) {
  const [job] = yield* query(named(ref))
  return job ?? (yield* because(new NotFound({ backend, operation, kind: "job", name: keyOf(ref) })))
})

/** What is in the queue under this name already; a job that differs from it is refused. */
const already = Effect.fnUntraced(function* (job: InNamespace<Job>) {
  const [first, ...twins] = yield* query(named(job))
  if (first !== undefined && !same(first.spec, job))
    return yield* because(
      new Conflict({
        backend,
        operation: "submit",
        kind: "job",
        name: keyOf(job),
        detail: "it is there with another description"
      })
    )
  // a reply that was lost and a second caller can each have queued the job: the first one stays
  const client = yield* Client
  yield* Effect.forEach(twins, ({ id }) => client.run("rm", ["-forcex", id]), { discard: true })
  return first
})

const submit = Effect.fn("condor.submit")(function* (job: InNamespace<Job>) {
  const client = yield* Client
  const before = yield* already(job)
  if (before !== undefined) return before
  const text = submitText(job, join(client.config.directory, folderOf(job)), client.config.runs)
  if (Result.isFailure(text))
    return yield* because(new InvalidInput({ backend, operation: "submit", problems: text.failure }))
  yield* client.makeFolder(folderOf(job))
  yield* client.run("submit", ["-terse", "-"], text.success)
  const after = yield* already(job)
  return (
    after ??
    (yield* because(
      new Unclassified({ backend, operation: "submit", detail: "the queue took the job and does not show it" })
    ))
  )
})

/** Runs a tool over one job's processes of these states. No process left in them is success: that is what was wanted. */
const act = (tool: string, states: string) =>
  Effect.fnUntraced(function* (ref: InNamespace<Ref>) {
    const client = yield* Client
    const job = yield* find(tool, ref)
    if (isOver(job.state)) return
    yield* client
      .run(tool, ["-constraint", all([yield* ours(ref), states])])
      .pipe(Effect.catchIf(nothingMatched, () => Effect.void))
  })

const nothingMatched = (error: ComputeError): boolean =>
  error.reason._tag === "Unclassified" &&
  /no jobs? (found|match)|couldn't find\/\w+ (all|any) jobs|no matching jobs/i.test(error.reason.detail)

const remove = Effect.fn("condor.remove")(function* (ref: InNamespace<Ref>) {
  const client = yield* Client
  const marked = yield* every(ref)
  const quietly = (tool: string, ...args: ReadonlyArray<string>) =>
    client.run(tool, args).pipe(Effect.catchIf(nothingMatched, () => Effect.void))
  if ((yield* client.ads("q", ["-constraint", marked, "-attributes", "ProcId"])).length > 0) {
    yield* client.run("qedit", ["-constraint", marked, forgottenAttribute, "true"])
    yield* quietly("rm", "-constraint", all([marked, "JobStatus =!= 3"]))
    // what was cancelled before stayed for its record, and only -forcex takes it out now
    yield* quietly("rm", "-forcex", "-constraint", all([marked, "JobStatus =?= 3"]))
  }
  yield* client.removeFolder(folderOf(ref))
})

/** Our jobs that are held until others have succeeded. */
const dependents = (
  run: <A>(effect: Effect.Effect<A, ComputeError, Client | Queue>) => Effect.Effect<A, ComputeError>
) => {
  const letGo = ({ spec }: JobStatus) => act("release", "JobStatus =?= 5 && HoldReasonCode =?= 15")(spec)
  const waiting = query(`${nameAttribute} isnt undefined`, "JobStatus =?= 5 && HoldReasonCode =?= 15")
  return {
    waiting: run(
      Effect.map(waiting, (jobs) => jobs.filter(({ spec, state }) => spec.after !== undefined && state === "waiting"))
    ),
    after: ({ spec }: JobStatus) => spec.after ?? [],
    stateOf: ({ spec: { namespace } }: JobStatus, name: string) =>
      run(Effect.map(query(named({ name, namespace })), ([job]) => job?.state)),
    letGo: (job: JobStatus) => run(letGo(job)),
    cancel: ({ spec }: JobStatus) => run(act("rm", "JobStatus =?= 5")(spec))
  } satisfies Dependents<JobStatus>
}

/** The queue as a Scheduler. */
export const scheduler: Layer.Layer<Scheduler, never, Client | Queue> = Layer.effect(
  Scheduler,
  Effect.gen(function* () {
    const client = yield* Client
    const paceMs = client.config.paceMs ?? 1_000
    const queue = yield* Queue
    const run = <A>(effect: Effect.Effect<A, ComputeError, Client | Queue>) =>
      effect.pipe(Effect.provideService(Client, client), Effect.provideService(Queue, queue))
    const at = within(usualNamespace)
    const scope = yield* Effect.scope
    // begun by whoever submits the first job that waits for others
    const settling = yield* Effect.cached(Effect.forkIn(keepDependencies(dependents(run), paceMs), scope))
    const get = (ref: Ref) => run(find("get", at(ref)))
    return Scheduler.of({
      backend,
      capabilities,
      submit: (job) => Effect.tap(run(submit(at(job))), () => (job.after === undefined ? Effect.void : settling)),
      get,
      list: (namespace) => {
        const only = listedIn(usualNamespace, namespace)
        return Stream.fromIterableEffect(
          run(query(`${nameAttribute} isnt undefined`)).pipe(
            Effect.map((jobs) => jobs.filter(({ spec }) => only === undefined || spec.namespace === only))
          )
        )
      },
      cancel: (ref) => run(act("rm", "JobStatus =!= 3 && JobStatus =!= 4")(at(ref))),
      hold: (ref) => run(act("hold", "JobStatus =?= 1 || JobStatus =?= 2 || JobStatus =?= 7")(at(ref))),
      release: (ref) => run(act("release", "JobStatus =?= 5")(at(ref))),
      remove: (ref) => run(remove(at(ref))),
      logs: (ref, options) =>
        options?.follow === true
          ? follow(client, get(ref), paceMs, options)
          : Stream.unwrap(Effect.map(get(ref), (job) => printed(client, job, options ?? {}))),
      watch: (ref) => watch(get(ref), paceMs),
      why: (ref) =>
        run(
          Effect.flatMap(find("why", at(ref)), (job) =>
            Effect.flatMap(ours(at(ref)), (constraint) => why(job, constraint))
          )
        ),
      capacity: Effect.map(client.ads("status", []), toCapacity)
    })
  })
)

/** One look per pace; an event for each change; the end when the job is over. A failed look fails the stream. */
const watch = (look: Effect.Effect<JobStatus, ComputeError>, paceMs: number) =>
  Stream.unfold({ last: "", over: false, first: true }, ({ first, last, over }) =>
    over
      ? Effect.undefined
      : (first ? Effect.void : Effect.sleep(paceMs)).pipe(
          Effect.andThen(look),
          Effect.map((job) => {
            const text = JSON.stringify(job)
            return [text === last ? [] : [job], { last: text, over: isOver(job.state), first: false }] as const
          })
        )
  ).pipe(
    Stream.flattenIterable,
    Stream.mapEffect((job) =>
      Effect.map(
        Effect.clockWith((clock) => clock.currentTimeMillis),
        (atMs) => ({ atMs, job })
      )
    )
  )
