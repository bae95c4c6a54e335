import { place, type Ref, type Refusal, type Why } from "@orrery/core"
import { Effect, Result, Stream } from "effect"
import { list } from "../list.ts"
import { listNodes } from "../nodes.ts"
import { eventsPath, podsPath } from "../paths.ts"
import { diagnoseAll, sayDiagnosis } from "../pods/diagnose.ts"
import { fromPod } from "../translate/pod.ts"
import type { WireObject, WirePod } from "../wire.ts"
import { get, jobPods } from "./jobs.ts"

interface WireEvent extends WireObject {
  readonly type?: string
  readonly reason?: string
  readonly message?: string
}

/** What the scheduler said of a pod that it could not place. */
const refusedBecause = ({ status }: WirePod): string | undefined =>
  status?.conditions?.find(({ status: holds, type }) => type === "PodScheduled" && holds === "False")?.message

/** One reason per node, by our own placement: the scheduler tells only how many nodes had which. */
const refusalsOf = Effect.fnUntraced(function* (waiting: WirePod) {
  const nodes = yield* Stream.runCollect(listNodes(undefined, "why"))
  const all = yield* Stream.runCollect(
    list<WirePod>({ operation: "why", kind: "pod", name: "", path: podsPath(undefined) })
  )
  const pods = all.map(fromPod).filter(({ node }) => node !== undefined)
  const placed = place({ pod: fromPod(waiting), nodes, pods })
  const refusals: ReadonlyArray<Refusal> = Result.isFailure(placed) ? placed.failure : placed.success.refusals
  return refusals
})

/** The last thing that went wrong with the job itself: a quota that keeps its pods from being made, for one. */
const lastWarning = Effect.fnUntraced(function* (namespace: string, uid: string) {
  const events = yield* Stream.runCollect(
    list<WireEvent>({
      operation: "why",
      kind: "event",
      name: uid,
      path: eventsPath(namespace),
      query: { fieldSelector: `involvedObject.uid=${uid},type=Warning` }
    })
  )
  const last = events.at(-1)
  return last === undefined ? undefined : `${last.reason ?? "warning"}: ${last.message ?? ""}`
})

/** Why a job is where it is. */
export const why = Effect.fn("kubernetes.why")(function* (ref: Ref) {
  const job = yield* get(ref)
  const say = (summary: string, refusals: ReadonlyArray<Refusal> = []): Why => ({ summary, refusals })
  if (job.state === "held") return say("it is held; release it")
  if (job.state !== "waiting")
    return say(job.reason === undefined ? `it is ${job.state}` : `it ${job.state}: ${job.reason}`)
  const pods = yield* Stream.runCollect(jobPods("why", ref))
  const waiting = pods.find((pod) => refusedBecause(pod) !== undefined)
  if (waiting !== undefined) return say(refusedBecause(waiting) ?? "", yield* refusalsOf(waiting))
  const trouble = diagnoseAll(pods)
  if (trouble !== undefined) return say(sayDiagnosis(trouble))
  const warning = yield* lastWarning(job.spec.namespace, job.id)
  if (warning !== undefined) return say(warning)
  if (job.spec.queue !== undefined) return say(`it waits in the queue ${job.spec.queue}`)
  return say(pods.length === 0 ? "its pods are about to be made" : "its pods are starting")
})
