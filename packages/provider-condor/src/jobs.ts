import { type Attempt, type InNamespace, Job, type JobState, type JobStatus, saysNamespace } from "@orrery/core"
import { Result, Schema } from "effect"
import type { Ad } from "./Client.ts"
import { holdReason } from "./holds.ts"
import { nameAttribute } from "./submitText.ts"

/** HTCondor's own numbers. */
const condor = { idle: 1, running: 2, removed: 3, completed: 4, held: 5, transferring: 6, suspended: 7 } as const
/** A job that is being given its input is not held by anybody. */
const spoolingInput = 16

const decodeSpec = Schema.decodeUnknownResult(
  Schema.fromJsonString(Schema.toType(Job).pipe(Schema.refine(saysNamespace)))
)

/** A job's description as its ad holds it; undefined where that is none of ours. */
export const readSpec = (base64: unknown): InNamespace<Job> | undefined =>
  Result.getOrUndefined(decodeSpec(Buffer.from(String(base64), "base64").toString("utf8")))

/** What of a process's ad tells how it is. */
export const stateAttributes: ReadonlyArray<string> = [
  nameAttribute,
  ..."ClusterId ProcId QDate JobStatus NumJobStarts NumJobCompletions RemoteHost LastRemoteHost".split(" "),
  ..."JobStartDate JobCurrentStartDate CompletionDate EnteredCurrentStatus ExitCode ExitBySignal ExitSignal".split(" "),
  ..."HoldReason HoldReasonCode RemoveReason".split(" ")
]

const number = (ad: Ad, key: string): number => (typeof ad[key] === "number" ? (ad[key] as number) : 0)
const text = (ad: Ad, key: string): string | undefined =>
  typeof ad[key] === "string" ? (ad[key] as string) : undefined

/** Which submission a process belongs to. Numbers begin anew with a new queue, so its time is part of it. */
export const clusterOf = (ad: Ad): string =>
  `${text(ad, nameAttribute) ?? ""} ${number(ad, "ClusterId")} ${number(ad, "QDate")}`

/** Ads of one or many jobs as our jobs, by name; those whose description is not known are left out. */
export const toJobs = (
  ads: ReadonlyArray<Ad>,
  specs: ReadonlyMap<string, InNamespace<Job>>
): ReadonlyArray<JobStatus> => {
  const groups = new Map<string, Array<Ad>>()
  for (const ad of ads) {
    const group = groups.get(clusterOf(ad))
    if (group === undefined) groups.set(clusterOf(ad), [ad])
    else group.push(ad)
  }
  return [...groups]
    .flatMap(([key, group]) => {
      const spec = specs.get(key)
      return spec === undefined ? [] : [toJob(spec, group)]
    })
    .toSorted((a, b) => a.submittedAtMs - b.submittedAtMs || Number(a.id) - Number(b.id))
}

/** One job out of the ads of its processes. */
const toJob = (spec: InNamespace<Job>, ads: ReadonlyArray<Ad>): JobStatus => {
  const tasks = ads.toSorted((a, b) => number(a, "ProcId") - number(b, "ProcId")).map(toTask(spec))
  const count = (...states: ReadonlyArray<JobState>) => tasks.filter((task) => states.includes(task.state)).length
  const state = stateOf(tasks.map((task) => task.state))
  const reason = tasks.find((task) => task.state === state && task.reason !== undefined)?.reason
  const starts = tasks.flatMap(({ attempt: { startedAtMs } }) => (startedAtMs === undefined ? [] : [startedAtMs]))
  const ends = tasks.flatMap(({ attempt: { endedAtMs } }) => (endedAtMs === undefined ? [] : [endedAtMs]))
  return {
    id: String(number(ads[0] ?? {}, "ClusterId")),
    spec,
    state,
    ...(reason === undefined ? {} : { reason }),
    submittedAtMs: Math.min(...ads.map((ad) => number(ad, "QDate"))) * 1000,
    ...(starts.length > 0 ? { startedAtMs: Math.min(...starts) } : {}),
    ...(ends.length === tasks.length ? { endedAtMs: Math.max(...ends) } : {}),
    tasks: {
      waiting: count("waiting", "held"),
      running: count("running"),
      succeeded: count("succeeded"),
      failed: count("failed", "cancelled")
    },
    attempts: tasks.flatMap(({ attempts }) => attempts)
  }
}

/** A job ends when its last task has; until then it is what most concerns its owner. */
const stateOf = (states: ReadonlyArray<JobState>): JobState => {
  const has = (state: JobState) => states.includes(state)
  if (has("running")) return "running"
  if (has("waiting")) return "waiting"
  if (has("held")) return "held"
  return has("cancelled") ? "cancelled" : has("failed") ? "failed" : "succeeded"
}

interface Task {
  readonly state: JobState
  readonly reason?: string
  readonly attempt: Attempt
  readonly attempts: ReadonlyArray<Attempt>
}

/** The code of a hold that a job was submitted with. */
const submittedOnHold = 15

/** A job that waits for others has not been let go yet: to its owner nobody holds it. */
const waitsForOthers = (ad: Ad, { after, held }: Job): boolean =>
  after !== undefined && !held && number(ad, "HoldReasonCode") === submittedOnHold

const toTask =
  (spec: Job) =>
  (ad: Ad): Task => {
    const seen = taskState(ad)
    const { reason, state }: ReturnType<typeof taskState> =
      seen.state === "held" && waitsForOthers(ad, spec)
        ? { state: "waiting", reason: `it waits for the jobs ${spec.after?.join(", ")}` }
        : seen
    const over = state === "succeeded" || state === "failed" || state === "cancelled"
    const started = number(ad, "JobCurrentStartDate") || number(ad, "JobStartDate")
    const ended = number(ad, "CompletionDate") || number(ad, "EnteredCurrentStatus")
    const host = text(ad, "RemoteHost") ?? text(ad, "LastRemoteHost")
    const index = number(ad, "ProcId")
    const attempt: Attempt = {
      index,
      attempt: Math.max(0, number(ad, "NumJobStarts") - 1),
      ...(host === undefined ? {} : { node: host }),
      state: state === "held" ? "waiting" : state === "cancelled" || state === "cancelling" ? "lost" : state,
      ...(started > 0 ? { startedAtMs: started * 1000 } : {}),
      ...(over ? { endedAtMs: ended * 1000 } : {}),
      ...(over && typeof ad.ExitCode === "number" ? { exitCode: ad.ExitCode } : {}),
      ...(reason === undefined ? {} : { reason })
    }
    const tried = started > 0 || over ? [...earlier(ad, attempt), attempt] : []
    return { state, ...(reason === undefined ? {} : { reason }), attempt, attempts: tried }
  }

/** The ad tells the last try in full and of those before only how many there were, and how many of them came to an end. */
const earlier = (ad: Ad, { attempt, index, state }: Attempt): ReadonlyArray<Attempt> => {
  const completed = number(ad, "NumJobCompletions") - (state === "succeeded" || state === "failed" ? 1 : 0)
  return Array.from({ length: attempt }, (_, tried) => ({
    index,
    attempt: tried,
    state: tried < attempt - completed ? "lost" : "failed"
  }))
}

const taskState = (ad: Ad): { readonly state: JobState; readonly reason?: string } => {
  switch (number(ad, "JobStatus")) {
    case condor.running:
    case condor.transferring:
      return { state: "running" }
    case condor.suspended:
      return { state: "running", reason: "suspended by the machine" }
    case condor.removed: {
      const why = text(ad, "RemoveReason")
      return why?.includes("PeriodicRemove") === true
        ? { state: "failed", reason: "the deadline passed" }
        : { state: "cancelled", ...(why === undefined ? {} : { reason: why }) }
    }
    case condor.completed: {
      if (ad.ExitBySignal === true) return { state: "failed", reason: `ended by signal ${number(ad, "ExitSignal")}` }
      const code = number(ad, "ExitCode")
      return code === 0 ? { state: "succeeded" } : { state: "failed", reason: `exit code ${code}` }
    }
    case condor.held:
      return number(ad, "HoldReasonCode") === spoolingInput
        ? { state: "waiting" }
        : { state: "held", reason: holdReason(number(ad, "HoldReasonCode"), text(ad, "HoldReason")) }
    default:
      return { state: "waiting" }
  }
}
