import type { Job } from "@orrery/core"
import type { FailureRule, JobOptions } from "../jobs/JobOptions.ts"
import { annotationOf } from "../labels.ts"

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

/** Where a job's queue is written, and who places its pods. */
export const toQueue = ({ queue }: Job, { queueSystem = "kueue" }: JobOptions) => {
  if (queue === undefined) return { labels: {}, podLabels: {}, podAnnotations: {}, scheduler: {}, suspend: false }
  switch (queueSystem) {
    case "kueue":
      return { labels: { [queueKey]: queue }, podLabels: {}, podAnnotations: {}, scheduler: {}, suspend: true }
    case "kai": {
      const mark = { [kaiKey]: queue }
      return {
        labels: mark,
        podLabels: mark,
        podAnnotations: {},
        scheduler: { schedulerName: "kai-scheduler" },
        suspend: false
      }
    }
    case "volcano": {
      const mark = { [volcanoKey]: queue }
      return {
        labels: {},
        podLabels: {},
        podAnnotations: mark,
        scheduler: { schedulerName: "volcano" },
        suspend: false
      }
    }
  }
}

/** Names of jobs in one annotation; a name has no comma. */
export const toAfter = ({ after = [] }: JobOptions) =>
  after.length === 0 ? {} : { [annotationOf.after]: after.join(",") }

/** The jobs that a job waits for. */
export const fromAfter = (annotations: Readonly<Record<string, string>> | undefined): ReadonlyArray<string> =>
  (annotations?.[annotationOf.after] ?? "").split(",").filter((name) => name !== "")
