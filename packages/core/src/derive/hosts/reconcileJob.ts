import { Effect, Result } from "effect"
import type { Occupancy } from "../../decide/Occupancy.ts"
import { placeIn } from "../../decide/place.ts"
import type { Turn } from "../../decide/turnOf.ts"
import type { PodSpec } from "../../model/Pod.ts"
import type { Pod } from "../../model/Snapshot.ts"
import type { Hosts, RunRequest } from "../../ports/Hosts.ts"
import type { ComputeError } from "../../service/ComputeError.ts"
import { isRunning, type JobDocument, podName, statusOf, type Try } from "./JobDocument.ts"
import { judgeJob, podsOf, tasksToBegin } from "./judgeJob.ts"
import type { Store, Versioned } from "./Store.ts"
import type { Look } from "./seeHosts.ts"

/** Every container is told which task it works on. */
const withIndex = (spec: PodSpec, index: number): PodSpec => ({
  ...spec,
  containers: spec.containers.map((container) => ({
    ...container,
    environment: [...container.environment, { name: "JOB_INDEX", value: String(index) }]
  }))
})

/** The pod of one try. */
export const requestOf = ({ spec }: JobDocument, one: Pick<Try, "index" | "attempt">): RunRequest => ({
  name: podName(spec, one),
  namespace: spec.namespace,
  owner: { kind: "job", name: spec.name },
  labels: spec.labels,
  spec: withIndex(spec.pod, one.index)
})

/** The same as decisions see it before it has a place. */
export const waitingPod = (document: JobDocument, one: Pick<Try, "index" | "attempt">): Pod => ({
  ...requestOf(document, one),
  state: "waiting",
  createdAtMs: document.submittedAtMs
})

/** Tries that run, or may, and that no host shows: they take up room all the same. */
export const unseenPods = (document: JobDocument, look: Look): ReadonlyArray<Pod> => {
  const pods = podsOf(document, look)
  return document.tries
    .filter((one) => isRunning(one) && look.where(one.node) !== "gone" && !pods.has(podName(document.spec, one)))
    .map((one) => ({ ...waitingPod(document, one), node: one.node, state: "starting" }))
}

const begin = (document: JobDocument, look: Look, occupancy: () => Occupancy): ReadonlyArray<Try> =>
  tasksToBegin(document).flatMap((task) => {
    const pod = waitingPod(document, task)
    const placement = placeIn(occupancy(), pod)
    if (Result.isFailure(placement)) return []
    const { node } = placement.success
    occupancy().add({ ...pod, node, state: "starting" }, node)
    return [{ ...task, node, state: "running", givenAtMs: look.nowMs }]
  })

/** A job that waits in vain is cancelled, and one that was over for as long as it is to be kept is removed. */
const concluded = (document: JobDocument, turn: Turn, nowMs: number): JobDocument => {
  const { spec, verdict } = document
  if (verdict === undefined && turn._tag === "Never")
    return { ...document, verdict: { state: "cancelled", atMs: nowMs, reason: turn.why } }
  const { endedAtMs } = statusOf(document)
  const isKept = spec.ttlAfterEndMs === undefined || endedAtMs === undefined || nowMs < endedAtMs + spec.ttlAfterEndMs
  return isKept || document.removing ? document : { ...document, removing: true }
}

/** Brings one job a step further. What is about to happen is written down first, and done again where it was cut off. */
export const reconcileJob = (
  { hosts, store }: { readonly hosts: Hosts["Service"]; readonly store: Store<JobDocument> },
  stored: Versioned<JobDocument>,
  look: Look,
  occupancy: () => Occupancy,
  turn: Turn
): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const judged = concluded(judgeJob(stored.value, look), turn, look.nowMs)
    const stops = judged.held || judged.removing || judged.verdict !== undefined
    const pods = podsOf(judged, look)
    const kept = stops ? judged.tries.map((one) => (isRunning(one) ? { ...one, stopping: true } : one)) : judged.tries
    const begun = turn._tag === "Go" ? begin(judged, look, occupancy) : []
    const isAsBefore = judged === stored.value && kept === judged.tries && begun.length === 0
    if (!isAsBefore) yield* store.replace(stored, { ...judged, tries: [...kept, ...begun] })
    const stopping = kept.flatMap((one) =>
      isRunning(one) && one.stopping ? (pods.get(podName(judged.spec, one)) ?? []) : []
    )
    const cutOff = kept.filter(
      (one) =>
        isRunning(one) &&
        one.stopping !== true &&
        look.where(one.node) === "answers" &&
        !pods.has(podName(judged.spec, one))
    )
    yield* Effect.forEach(
      stopping.filter(({ state }) => state !== "leaving"),
      (pod) => Effect.ignore(hosts.stop(pod, judged.spec.pod.terminationGraceMs)),
      { discard: true }
    )
    yield* Effect.forEach([...cutOff, ...begun], (one) => startTry({ hosts, store }, stored.key, judged, one), {
      discard: true
    })
    if (judged.removing && !kept.some(isRunning)) {
      yield* Effect.forEach(pods.values(), (pod) => hosts.remove(pod), { discard: true })
      yield* store.remove(stored.key)
    }
  })

/** What a try has come to that its host did not begin; `undefined` where the next pass asks the same host again. */
const refusedAs = ({ reason }: ComputeError): "failed" | "lost" | undefined => {
  if (reason._tag === "Failed" || reason._tag === "InvalidInput") return "failed"
  // the host turned out to be full: no fault of the job's, so another host gets the next try
  return reason._tag === "CapacityExhausted" ? "lost" : undefined
}

/** Starts the pod of a try. What nothing will help is the try's failure; everything else is done again by the next pass. */
const startTry = (
  { hosts, store }: { readonly hosts: Hosts["Service"]; readonly store: Store<JobDocument> },
  key: string,
  document: JobDocument,
  { attempt, index, node }: Try
): Effect.Effect<void, ComputeError> =>
  hosts.run(node, requestOf(document, { index, attempt })).pipe(
    Effect.asVoid,
    Effect.catch((error) => {
      const state = refusedAs(error)
      if (state === undefined) return Effect.void
      const refused = (one: Try): Try =>
        one.index === index && one.attempt === attempt ? { ...one, state, reason: error.reason.what } : one
      return Effect.asVoid(
        store.change(key, (current = document) => Effect.succeed({ ...current, tries: current.tries.map(refused) }))
      )
    })
  )
