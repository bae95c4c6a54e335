import { Schema } from "effect"
import { grouped } from "../../model/grouped.ts"
import { Job, type JobState, type JobStatus } from "../../model/Job.ts"
import { type InNamespace, saysNamespace } from "../../model/Namespace.ts"
import { remembered } from "../../model/remembered.ts"
import type { Ref } from "../../service/Ref.ts"

/** One try of one task, and the host it was given: written before the pod is started, so that it is never started twice. */
const Try = Schema.Struct({
  index: Schema.Natural,
  attempt: Schema.Natural,
  node: Schema.String,
  state: Schema.Literals(["running", "succeeded", "failed", "lost"]),
  givenAtMs: Schema.Int,
  /** Asked to end; its end then is no failure of its own. */
  stopping: Schema.optionalKey(Schema.Boolean),
  startedAtMs: Schema.optionalKey(Schema.Int),
  endedAtMs: Schema.optionalKey(Schema.Int),
  exitCode: Schema.optionalKey(Schema.Int),
  reason: Schema.optionalKey(Schema.String)
})
export type Try = typeof Try.Type

/** The goal of one job and all that became of it; kept until the job is removed. */
export const JobDocument = Schema.Struct({
  id: Schema.String,
  spec: Schema.toType(Job).pipe(Schema.refine(saysNamespace)),
  submittedAtMs: Schema.Int,
  held: Schema.Boolean,
  removing: Schema.Boolean,
  tries: Schema.Array(Try),
  /** What it has come to; final once nothing of it runs any more. */
  verdict: Schema.optionalKey(
    Schema.Struct({
      state: Schema.Literals(["succeeded", "failed", "cancelled"]),
      atMs: Schema.Int,
      reason: Schema.optionalKey(Schema.String)
    })
  )
})
export type JobDocument = typeof JobDocument.Type

/** Where the job's goal is kept. */
export const jobKey = ({ name, namespace }: InNamespace<Ref>): string => `job/${namespace}/${name}`

/** What the pod of one try is called. */
export const podName = (job: Job, { attempt, index }: Pick<Try, "index" | "attempt">): string =>
  `${job.name}-${index}-${attempt}`

/** Whether a try is still on its host, or may be. */
export const isRunning = ({ state }: Try): boolean => state === "running"

/** The tries of each task that has any. */
export const triesOf = ({ tries }: JobDocument): ReadonlyMap<number, ReadonlyArray<Try>> =>
  grouped(tries, ({ index }) => index)

/** Where the job is in its life. */
export const stateOf = ({ held, tries, verdict }: JobDocument): JobState => {
  const running = tries.some(isRunning)
  if (verdict !== undefined && !running) return verdict.state
  if (verdict?.state === "cancelled") return "cancelling"
  if (running) return "running"
  return held ? "held" : "waiting"
}

/** The job as everybody sees it. */
export const statusOf: (document: JobDocument) => JobStatus = remembered((document) => {
  const { id, spec, submittedAtMs, tries, verdict } = document
  const state = stateOf(document)
  const byTask = [...triesOf(document).values()]
  const succeeded = byTask.filter((its) => its.some((one) => one.state === "succeeded")).length
  const running = tries.filter(isRunning).length
  const started = tries.flatMap(({ startedAtMs }) => startedAtMs ?? [])
  const ended = tries.flatMap(({ endedAtMs }) => endedAtMs ?? [])
  const isOver = state === verdict?.state
  const spent = byTask.filter(
    (its) => its.filter((one) => one.state === "failed").length > spec.retries && !its.some(isRunning)
  ).length
  const failed = isOver ? spec.completions - succeeded : spent
  return {
    id,
    spec,
    state,
    submittedAtMs,
    ...(verdict?.reason === undefined ? {} : { reason: verdict.reason }),
    ...(started.length === 0 ? {} : { startedAtMs: started.reduce((a, b) => Math.min(a, b)) }),
    ...(isOver ? { endedAtMs: ended.reduce((a, b) => Math.max(a, b), verdict.atMs) } : {}),
    tasks: { waiting: Math.max(0, spec.completions - succeeded - running - failed), running, succeeded, failed },
    attempts: tries.map(({ givenAtMs: _given, stopping: _stopping, ...attempt }) => attempt)
  }
})
