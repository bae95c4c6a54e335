import type { Attempt, Job, JobState, JobStatus } from "@orrery/core"
import { annotationOf, labelOf, ownershipLabels, withoutMarks } from "../labels.ts"
import { timeMs, type WireJob, type WirePod } from "../wire.ts"
import { fromPodSpec, toPodSpec } from "./podSpec.ts"
import type { Owner } from "./priority.ts"

const indexKey = "batch.kubernetes.io/job-completion-index"
const queueKey = "kueue.x-k8s.io/queue-name"

/** Tells each task which one it is, under our own name. */
const jobIndex = {
  name: "JOB_INDEX",
  valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${indexKey}']` } }
}

/** A job as the owner of its pods. */
export const ownerOf = ({ name, namespace }: Pick<Job, "name" | "namespace">): Owner => ({
  kind: "job",
  name,
  namespace
})

const toTaskSpec = (job: Job) => {
  const spec = toPodSpec(job.pod, ownerOf(job))
  const knowing = (container: (typeof spec.containers)[number]) => ({
    ...container,
    env: [jobIndex, ...(container.env ?? []).filter(({ name }) => name !== jobIndex.name)]
  })
  return { ...spec, containers: spec.containers.map(knowing), restartPolicy: "Never" }
}

/** A job as it is created: one index per task, each with tries of its own. */
export const toJob = (job: Job) => {
  const labels = { ...job.labels, ...ownershipLabels("job", job.name) }
  const queued = job.queue === undefined ? {} : { [queueKey]: job.queue }
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: job.name,
      namespace: job.namespace,
      labels: { ...labels, ...queued },
      ...(job.held ? { annotations: { [annotationOf.held]: "true" } } : {})
    },
    spec: {
      completionMode: "Indexed",
      completions: job.completions,
      parallelism: job.parallelism,
      backoffLimitPerIndex: job.retries,
      // a queue's controller lets the job go
      suspend: job.held || job.queue !== undefined,
      ...(job.deadlineMs === undefined ? {} : { activeDeadlineSeconds: Math.ceil(job.deadlineMs / 1000) }),
      template: { metadata: { labels }, spec: toTaskSpec(job) }
    }
  }
}

/** What was asked for, as Kubernetes has it. */
export const fromJob = ({ metadata, spec }: Pick<WireJob, "metadata" | "spec">): Job => {
  const { [queueKey]: queue, ...labels } = withoutMarks(metadata?.labels)
  return {
    name: metadata?.name ?? "",
    namespace: metadata?.namespace ?? "default",
    labels,
    completions: spec?.completions ?? 1,
    parallelism: spec?.parallelism ?? 1,
    retries: spec?.backoffLimitPerIndex ?? spec?.backoffLimit ?? 0,
    ...(spec?.activeDeadlineSeconds === undefined ? {} : { deadlineMs: spec.activeDeadlineSeconds * 1000 }),
    held: metadata?.annotations?.[annotationOf.held] === "true",
    ...(queue === undefined ? {} : { queue }),
    pod: fromPodSpec(spec?.template.spec ?? { containers: [] })
  }
}

const holds = ({ status }: WireJob, ...types: ReadonlyArray<string>) =>
  status?.conditions?.find((condition) => types.includes(condition.type) && condition.status === "True")

const stateOf = (job: WireJob, attempts: ReadonlyArray<Attempt>): JobState => {
  const marks = job.metadata?.annotations ?? {}
  const alive = (job.status?.active ?? 0) + (job.status?.terminating ?? 0) > 0
  if (holds(job, "Complete") !== undefined) return "succeeded"
  if (holds(job, "Failed") !== undefined) return "failed"
  if (marks[annotationOf.cancelled] === "true") return alive ? "cancelling" : "cancelled"
  if (marks[annotationOf.held] === "true") return "held"
  return attempts.some(({ state }) => state === "running") ? "running" : "waiting"
}

const attemptState = ({ metadata, status }: WirePod): Attempt["state"] => {
  if (status?.phase === "Succeeded") return "succeeded"
  if (status?.phase === "Failed") return "failed"
  if (status?.phase === "Running") return metadata?.deletionTimestamp === undefined ? "running" : "lost"
  return "waiting"
}

const endOf = (pod: WirePod) =>
  pod.status?.containerStatuses?.map(({ state }) => state?.terminated).find((terminated) => terminated !== undefined)

const toAttempt = (pod: WirePod, attempt: number): Attempt => {
  const end = endOf(pod)
  const disrupted = pod.status?.conditions?.find(({ type }) => type === "DisruptionTarget")
  const reason = disrupted?.reason ?? pod.status?.reason ?? end?.reason
  return {
    index: Number(pod.metadata?.annotations?.[indexKey] ?? 0),
    attempt,
    ...(pod.spec?.nodeName === undefined ? {} : { node: pod.spec.nodeName }),
    state: attemptState(pod),
    ...(pod.status?.startTime === undefined ? {} : { startedAtMs: timeMs(pod.status.startTime) }),
    ...(end?.finishedAt === undefined ? {} : { endedAtMs: timeMs(end.finishedAt) }),
    ...(end === undefined ? {} : { exitCode: end.exitCode }),
    ...(reason === undefined || reason === "Completed" ? {} : { reason })
  }
}

/** The tries of each task, in the order they were made. */
export const toAttempts = (pods: ReadonlyArray<WirePod>): ReadonlyArray<Attempt> => {
  const made = new Map<string, number>()
  return pods
    .toSorted((a, b) => {
      const later = timeMs(a.metadata?.creationTimestamp) - timeMs(b.metadata?.creationTimestamp)
      return later !== 0 ? later : (a.metadata?.name ?? "") < (b.metadata?.name ?? "") ? -1 : 1
    })
    .map((pod) => {
      const index = pod.metadata?.annotations?.[indexKey] ?? "0"
      const attempt = (made.get(index) ?? 0) + 1
      made.set(index, attempt)
      return toAttempt(pod, attempt)
    })
    .toSorted((a, b) => a.index - b.index || a.attempt - b.attempt)
}

/** How many indexes a text such as `1,3-5,7` names. */
export const countIndexes = (text: string | undefined): number =>
  (text ?? "")
    .split(",")
    .filter((part) => part !== "")
    .reduce((sum, part) => {
      const [first = 0, last = first] = part.split("-").map(Number)
      return sum + last - first + 1
    }, 0)

/** A job as it is; `pods` are its own. */
export const toJobStatus = (job: WireJob, pods: ReadonlyArray<WirePod>): JobStatus => {
  const attempts = toAttempts(pods.filter(({ metadata }) => metadata?.labels?.[labelOf.job] === job.metadata?.name))
  const spec = fromJob(job)
  const state = stateOf(job, attempts)
  const ended = holds(job, "Complete", "Failed")
  const reason = ended?.type === "Failed" ? (ended.message ?? ended.reason) : undefined
  const succeeded = job.status?.succeeded ?? 0
  const failed = countIndexes(job.status?.failedIndexes)
  const running = attempts.filter((attempt) => attempt.state === "running").length
  return {
    id: job.metadata?.uid ?? "",
    spec,
    state,
    ...(reason === undefined ? {} : { reason }),
    submittedAtMs: timeMs(job.metadata?.creationTimestamp),
    ...(job.status?.startTime === undefined ? {} : { startedAtMs: timeMs(job.status.startTime) }),
    ...(ended?.lastTransitionTime === undefined ? {} : { endedAtMs: timeMs(ended.lastTransitionTime) }),
    tasks: { waiting: Math.max(0, spec.completions - succeeded - failed - running), running, succeeded, failed },
    attempts
  }
}
