import type { Job } from "@orrery/core"
import type { FailureRule, JobOptions } from "../jobs/JobOptions.ts"
import { annotationOf } from "../objects/labels.ts"

/** The label by which Kueue knows a job's queue. */
export const queueKey = "kueue.x-k8s.io/queue-name"
/** The label by which KAI knows it, of the job and of its pods. */
export const kaiKey = "kai.scheduler/queue"
/** The annotation of pods by which Volcano knows it. */
export const volcanoKey = "scheduling.volcano.sh/queue-name"

const actions = { ignore: "Ignore", count: "Count", failTask: "FailIndex", failJob: "FailJob" } as const

const toRule = ({ exitCodes, outcome }: FailureRule) => ({
  action: actions[outcome],
  ...(exitCodes === undefined
    ? { onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }
    : { onExitCodes: exitCodes })
})

/** A try that the cluster took away (preempted, evicted, its node gone) is not the job's fault: it is made again. */
const disruptionsDoNotCount: FailureRule = { outcome: "ignore" }

/** Rules for tries that fail. Kubernetes takes them in order, a person's own first. */
export const toFailurePolicy = ({ failureRules = [] }: JobOptions) => ({
  rules: [...failureRules, disruptionsDoNotCount].map(toRule)
})

const noQueue = { labels: {}, annotations: {}, podLabels: {}, podAnnotations: {}, scheduler: {}, suspend: false }

/**
 * Where a job's queue is written, and who places its pods. Kueue lets go whatever it knows: of a job that waits for
 * something else too (`parked`) it is not told yet.
 */
export const toQueue = ({ queue }: Job, { queueSystem = "kueue" }: JobOptions, parked: boolean) => {
  if (queue === undefined) return noQueue
  switch (queueSystem) {
    case "kueue":
      return parked
        ? { ...noQueue, annotations: { [annotationOf.queue]: queue } }
        : { ...noQueue, labels: { [queueKey]: queue }, suspend: true }
    case "kai": {
      const mark = { [kaiKey]: queue }
      return { ...noQueue, labels: mark, podLabels: mark, scheduler: { schedulerName: "kai-scheduler" } }
    }
    case "volcano":
      return { ...noQueue, podAnnotations: { [volcanoKey]: queue }, scheduler: { schedulerName: "volcano" } }
  }
}

/** Names of jobs in one annotation; a name has no comma. */
export const toAfter = ({ after = [] }: Job) => (after.length === 0 ? {} : { [annotationOf.after]: after.join(",") })

/** The jobs that a job waits for. */
export const fromAfter = (annotations: Readonly<Record<string, string>> | undefined): ReadonlyArray<string> =>
  (annotations?.[annotationOf.after] ?? "").split(",").filter((name) => name !== "")
