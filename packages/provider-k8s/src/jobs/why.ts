import type { InNamespace, Ref, Refusal, Why } from "@orrery/core"
import { Effect, Stream } from "effect"
import { diagnoseAll, sayDiagnosis } from "../pods/diagnose.ts"
import { eventsWhere, fromEvent } from "../pods/events.ts"
import { refusalsOf, refusedBecause } from "../pods/refusals.ts"
import { get, jobPods } from "../scheduler.ts"
import { queueSays } from "./queues.ts"

/** The last thing that went wrong with the job itself: a quota that keeps its pods from being made, for one. */
const lastWarning = Effect.fnUntraced(function* (namespace: string, uid: string) {
  const events = yield* Stream.runCollect(eventsWhere("why", namespace, `involvedObject.uid=${uid},type=Warning`))
  const last = events
    .map(fromEvent)
    .toSorted((a, b) => a.atMs - b.atMs)
    .at(-1)
  return last === undefined ? undefined : `${last.reason}: ${last.message}`
})

/** Why a job is where it is. */
export const why = Effect.fn("kubernetes.why")(function* (ref: InNamespace<Ref>) {
  const job = yield* get(ref)
  const say = (summary: string, refusals: ReadonlyArray<Refusal> = []): Why => ({ summary, refusals })
  if (job.state === "held") return say(job.reason ?? "it is held; release it")
  if (job.state === "waiting" && job.reason !== undefined) return say(job.reason)
  if (job.state !== "waiting")
    return say(job.reason === undefined ? `it is ${job.state}` : `it ${job.state}: ${job.reason}`)
  const pods = yield* Stream.runCollect(jobPods("why", ref))
  const waiting = pods.find((pod) => refusedBecause(pod) !== undefined)
  if (waiting !== undefined) return say(refusedBecause(waiting) ?? "", yield* refusalsOf("why", waiting))
  const trouble = diagnoseAll(pods)
  if (trouble !== undefined) return say(sayDiagnosis(trouble))
  if (pods.length === 0 && job.spec.queue !== undefined) return say(yield* queueSays(job))
  const warning = yield* lastWarning(job.spec.namespace, job.id)
  if (warning !== undefined) return say(warning)
  return say(pods.length === 0 ? "its pods are about to be made" : "its pods are starting")
})
