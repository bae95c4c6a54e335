import { remembered } from "../../model/remembered.ts"
import type { HostedPod } from "../../ports/Hosts.ts"
import { isRunning, type JobDocument, podName, type Try, triesOf } from "./JobDocument.ts"
import type { Look } from "./seeHosts.ts"

/** A task is not begun for ever anew on hosts that go away. */
const lostMax = 100

/** The pods of one job, by name. */
export const podsOf = ({ spec }: JobDocument, look: Look): ReadonlyMap<string, HostedPod> =>
  byName(look.podsOf("job", spec))

const byName = remembered(
  (pods: ReadonlyArray<HostedPod>): ReadonlyMap<string, HostedPod> => new Map(pods.map((pod) => [pod.name, pod]))
)

/** Ends that are no fault of the task: its node was emptied or went away, and it begins anew elsewhere. */
const faultless: ReadonlySet<string | undefined> = new Set(["reclaimed", "stopped"])

const ended = (one: Try, pod: HostedPod, nowMs: number): Try => {
  const isLost = pod.state === "failed" && (one.stopping === true || faultless.has(pod.reason))
  const { exitCode, reason, startedAtMs } = pod
  return {
    ...one,
    state: isLost ? "lost" : pod.state === "succeeded" ? "succeeded" : "failed",
    endedAtMs: pod.endedAtMs ?? nowMs,
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(reason === undefined ? {} : { reason })
  }
}

/** What became of one try. A silent host says nothing: the try goes on until the host is known to be gone. */
const follow =
  (document: JobDocument, look: Look, pods: ReadonlyMap<string, HostedPod>) =>
  (one: Try): Try => {
    if (!isRunning(one)) return one
    const pod = pods.get(podName(document.spec, one))
    if (pod === undefined) {
      const where = look.where(one.node)
      if (where === "gone") return { ...one, state: "lost", endedAtMs: look.nowMs, reason: `${one.node} is gone` }
      return where === "answers" && one.stopping === true
        ? { ...one, state: "lost", endedAtMs: look.nowMs, reason: "stopped" }
        : one
    }
    if (pod.state === "succeeded" || pod.state === "failed") return ended(one, pod, look.nowMs)
    return pod.startedAtMs === one.startedAtMs || pod.startedAtMs === undefined
      ? one
      : { ...one, startedAtMs: pod.startedAtMs }
  }

/** Why a task is not tried again; nothing while it still may be. */
const spentBy = (tries: ReadonlyArray<Try>, retries: number): string | undefined => {
  const failures = tries.filter(({ state }) => state === "failed")
  const last = failures.at(-1)
  if (failures.length > retries)
    return `failed ${failures.length} times, last with ${last?.reason ?? `exit code ${last?.exitCode}`}`
  return tries.filter(({ state }) => state === "lost").length > lostMax
    ? `lost its host more than ${lostMax} times`
    : undefined
}

const hasSucceeded = (tries: ReadonlyArray<Try>): boolean => tries.some(({ state }) => state === "succeeded")

/** A job is over once all of its tasks are: one that fails for good does not keep the others from their end. */
const verdictOf = (document: JobDocument, nowMs: number): JobDocument["verdict"] => {
  const { spec, tries, verdict } = document
  if (verdict !== undefined) return verdict
  const failed = (reason: string) => ({ state: "failed" as const, atMs: nowMs, reason })
  let succeeded = 0
  const spent: Array<string> = []
  for (const [index, its] of triesOf(document)) {
    if (hasSucceeded(its)) succeeded++
    else {
      const why = its.some(isRunning) ? undefined : spentBy(its, spec.retries)
      if (why !== undefined) spent.push(`task ${index} ${why}`)
    }
  }
  if (succeeded >= spec.completions) return { state: "succeeded", atMs: nowMs }
  const [first] = spent
  if (first !== undefined && succeeded + spent.length >= spec.completions) return failed(first)
  const startedAtMs = tries.reduce((least, { givenAtMs }) => Math.min(least, givenAtMs), nowMs)
  return spec.deadlineMs !== undefined && nowMs - startedAtMs >= spec.deadlineMs
    ? failed(`it ran longer than its deadline of ${spec.deadlineMs} ms`)
    : undefined
}

/** The document with what the hosts show written into it, and with what that comes to; itself where that is nothing new. */
export const judgeJob = (document: JobDocument, look: Look): JobDocument => {
  const tries = document.tries.map(follow(document, look, podsOf(document, look)))
  const followed = tries.every((one, index) => one === document.tries[index]) ? document : { ...document, tries }
  const verdict = verdictOf(followed, look.nowMs)
  return verdict === undefined || verdict === followed.verdict ? followed : { ...followed, verdict }
}

/** The tasks to begin next: the lowest that neither run nor are done or spent, as many as may run at once. */
export const tasksToBegin = (document: JobDocument): ReadonlyArray<Pick<Try, "index" | "attempt">> => {
  const { held, removing, spec, tries, verdict } = document
  if (held || removing || verdict !== undefined) return []
  const byTask = triesOf(document)
  const room = spec.parallelism - tries.filter(isRunning).length
  const begin: Array<Pick<Try, "index" | "attempt">> = []
  for (let index = 0; index < spec.completions && begin.length < room; index++) {
    const its = byTask.get(index) ?? []
    if (!its.some(isRunning) && !hasSucceeded(its) && spentBy(its, spec.retries) === undefined)
      begin.push({ index, attempt: its.length })
  }
  return begin
}
