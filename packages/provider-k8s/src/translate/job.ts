import { type Attempt, type InNamespace, isOver, type Job, type JobState, type JobStatus } from "@orrery/core"
import type { JobOptions } from "../jobs/JobOptions.ts"
import { annotationOf, labelOf, ownershipLabels, withoutMarks } from "../objects/labels.ts"
import { timeMs, type WireJob, type WirePod } from "../objects/wire.ts"
import { fromAfter, kaiKey, queueKey, toAfter, toFailurePolicy, toQueue, volcanoKey } from "./jobOptions.ts"
import { fromPodSpec, toPodSpec } from "./podSpec.ts"
import type { Owner } from "./priority.ts"

const indexKey = "batch.kubernetes.io/job-completion-index"

/** Tells each task which one it is, under our own name. */
const jobIndex = {
  name: "JOB_INDEX",
  valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${indexKey}']` } }
}

/** A job as the owner of its pods. */
export const ownerOf = ({ name, namespace }: Pick<InNamespace<Job>, "name" | "namespace">): Owner => ({
  kind: "job",
  name,
  namespace
})

const toTaskSpec = (job: InNamespace<Job>) => {
  const spec = toPodSpec(job.pod, ownerOf(job))
  const knowing = (container: (typeof spec.containers)[number]) => ({
    ...container,
    env: [jobIndex, ...(container.env ?? []).filter(({ name }) => name !== jobIndex.name)]
  })
  return { ...spec, containers: spec.containers.map(knowing), restartPolicy: "Never" }
}

/** A job as it is created: one index per task, each with tries of its own. */
export const toJob = (job: InNamespace<Job>, options: JobOptions = {}) => {
  const labels = { ...job.labels, ...ownershipLabels("job", job.name) }
  const after = toAfter(job)
  const waits = Object.keys(after).length > 0
  const queue = toQueue(job, options, job.held || waits)
  const annotations = { ...(job.held ? { [annotationOf.held]: "true" } : {}), ...after, ...queue.annotations }
  const podAnnotations = queue.podAnnotations
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: job.name,
      namespace: job.namespace,
      labels: { ...labels, ...queue.labels, ...(waits ? { [labelOf.waits]: "true" } : {}) },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations })
    },
    spec: {
      completionMode: "Indexed",
      completions: job.completions,
      parallelism: job.parallelism,
      backoffLimitPerIndex: job.retries,
      podFailurePolicy: toFailurePolicy(options),
      // a queue's controller lets the job go, or our own loop
      suspend: job.held || queue.suspend || waits,
      ...(job.ttlAfterEndMs === undefined ? {} : { ttlSecondsAfterFinished: Math.ceil(job.ttlAfterEndMs / 1000) }),
      ...(job.deadlineMs === undefined ? {} : { activeDeadlineSeconds: Math.ceil(job.deadlineMs / 1000) }),
      template: {
        metadata: {
          labels: { ...labels, ...queue.podLabels },
          ...(Object.keys(podAnnotations).length === 0 ? {} : { annotations: podAnnotations })
        },
        spec: { ...toTaskSpec(job), ...queue.scheduler }
      }
    }
  }
}

/** What was asked for, as Kubernetes has it. */
export const fromJob = ({ metadata, spec }: Pick<WireJob, "metadata" | "spec">): InNamespace<Job> => {
  const { [queueKey]: kueue, [kaiKey]: kai, ...labels } = withoutMarks(metadata?.labels)
  const queue =
    kueue ?? metadata?.annotations?.[annotationOf.queue] ?? kai ?? spec?.template.metadata?.annotations?.[volcanoKey]
  const after = fromAfter(metadata?.annotations)
  return {
    name: metadata?.name ?? "",
    namespace: metadata?.namespace ?? "default",
    labels,
    completions: spec?.completions ?? 1,
    parallelism: spec?.parallelism ?? 1,
    retries: spec?.backoffLimitPerIndex ?? spec?.backoffLimit ?? 0,
    ...(spec?.activeDeadlineSeconds === undefined ? {} : { deadlineMs: spec.activeDeadlineSeconds * 1000 }),
    ...(spec?.ttlSecondsAfterFinished === undefined ? {} : { ttlAfterEndMs: spec.ttlSecondsAfterFinished * 1000 }),
    ...(after.length === 0 ? {} : { after }),
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
  // until its controller has seen the end, it may still make a pod
  const seen = holds(job, "Suspended") !== undefined
  if (marks[annotationOf.cancelled] === "true") return alive || !seen ? "cancelling" : "cancelled"
  if (marks[annotationOf.held] === "true") return "held"
  const succeeded = new Set(attempts.flatMap(({ index, state }) => (state === "succeeded" ? [index] : [])))
  // all tasks are over, and its controller is about to say so
  if (succeeded.size >= (job.spec?.completions ?? 1)) return "running"
  return attempts.some(({ state }) => state === "running") ? "running" : "waiting"
}

const disruptionOf = (status: WirePod["status"]) =>
  status?.conditions?.find(({ status: holds, type }) => type === "DisruptionTarget" && holds === "True")

const attemptState = ({ metadata, status }: WirePod): Attempt["state"] => {
  if (status?.phase === "Succeeded") return "succeeded"
  // preempted, evicted, or its node gone: not its own failure
  if (status?.phase === "Failed") return disruptionOf(status) === undefined ? "failed" : "lost"
  if (status?.phase === "Running") return metadata?.deletionTimestamp === undefined ? "running" : "lost"
  return "waiting"
}

const endOf = (pod: WirePod) =>
  pod.status?.containerStatuses?.map(({ state }) => state?.terminated).find((terminated) => terminated !== undefined)

const toAttempt = (pod: WirePod, attempt: number): Attempt => {
  const end = endOf(pod)
  const reason = disruptionOf(pod.status)?.reason ?? pod.status?.reason ?? end?.reason
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

/** The pods of each task, in the order they were made. */
export const triesOf = (pods: ReadonlyArray<WirePod>) => {
  const made = new Map<number, number>()
  return pods
    .toSorted((a, b) => {
      const later = timeMs(a.metadata?.creationTimestamp) - timeMs(b.metadata?.creationTimestamp)
      return later !== 0 ? later : (a.metadata?.name ?? "") < (b.metadata?.name ?? "") ? -1 : 1
    })
    .map((pod) => {
      const index = Number(pod.metadata?.annotations?.[indexKey] ?? 0)
      const attempt = (made.get(index) ?? 0) + 1
      made.set(index, attempt)
      return { pod, index, attempt }
    })
    .toSorted((a, b) => a.index - b.index || a.attempt - b.attempt)
}

/** The tries of each task, in the order they were made. */
export const toAttempts = (pods: ReadonlyArray<WirePod>): ReadonlyArray<Attempt> =>
  triesOf(pods).map(({ attempt, pod }) => toAttempt(pod, attempt))

/** How many indexes a text such as `1,3-5,7` names. */
export const countIndexes = (text: string | undefined): number =>
  (text ?? "")
    .split(",")
    .filter((part) => part !== "")
    .reduce((sum, part) => {
      const [first = 0, last = first] = part.split("-").map(Number)
      return sum + last - first + 1
    }, 0)

/** What was noted of a job that was cancelled, or whom it waits for. */
const waitingReason = ({ metadata, spec }: WireJob): string | undefined => {
  const noted = metadata?.annotations?.[annotationOf.reason]
  if (noted !== undefined) return noted
  const after = fromAfter(metadata?.annotations)
  return spec?.suspend === true && metadata?.labels?.[labelOf.waits] === "true" && after.length > 0
    ? `it waits for the jobs ${after.join(", ")}`
    : undefined
}

/** A job as it is; `pods` are its own. */
export const toJobStatus = (job: WireJob, pods: ReadonlyArray<WirePod>): JobStatus => {
  const attempts = toAttempts(pods.filter(({ metadata }) => metadata?.labels?.[labelOf.job] === job.metadata?.name))
  const spec = fromJob(job)
  const state = stateOf(job, attempts)
  const ended = holds(job, "Complete", "Failed")
  const reason = ended?.type === "Failed" ? (ended.message ?? ended.reason) : waitingReason(job)
  const succeeded = job.status?.succeeded ?? 0
  const failed = isOver(state) ? spec.completions - succeeded : countIndexes(job.status?.failedIndexes)
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
