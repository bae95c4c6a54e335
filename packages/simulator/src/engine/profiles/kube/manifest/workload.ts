import { metadataShape, selectorShape } from "./metadata.ts"
import { podSpecShape } from "./pod.ts"
import { claimSpecShape } from "./Storage.ts"
import { flag, list, mapOf, oneOf, type Read, record, type Shape, text, whole } from "./shape.ts"

const countMax = 10_000_000
const templateShape = record({ metadata: metadataShape, spec: podSpecShape }, { required: ["spec"] })
const claimTemplateShape = record(
  { metadata: metadataShape, spec: claimSpecShape },
  { required: ["metadata"], inert: ["apiVersion", "kind", "status"] }
)

/** A replication controller selects by exact labels only. */
const anySelectorShape: Shape<Read<typeof selectorShape>> = (value, at) => {
  const isPlain =
    typeof value === "object" && value !== null && !("matchLabels" in value || "matchExpressions" in value)
  return isPlain ? { matchLabels: mapOf(text)(value, at) } : selectorShape(value, at)
}

const workload = (inert: ReadonlyArray<string>, selector = selectorShape) =>
  record(
    {
      metadata: metadataShape,
      spec: record(
        {
          replicas: whole(0, countMax),
          parallelism: whole(0, countMax),
          completions: whole(0, countMax),
          suspend: flag,
          paused: flag,
          completionMode: oneOf("NonIndexed", "Indexed"),
          selector,
          ordinals: record({ start: whole(0, countMax) }),
          volumeClaimTemplates: list(claimTemplateShape),
          template: templateShape
        },
        { required: ["template"], inert: [...inert, "minReadySeconds", "revisionHistoryLimit"] }
      ),
      status: record(
        {
          succeeded: whole(0, countMax),
          completedIndexes: text,
          failedIndexes: text,
          updateRevision: text,
          conditions: list(record({ type: text, status: text }, { inert: conditionInert }))
        },
        { inert: statusInert }
      )
    },
    { required: ["metadata", "spec"], inert: ["apiVersion", "kind"] }
  )

const conditionInert = ["lastProbeTime", "lastTransitionTime", "lastUpdateTime", "message", "reason"]
const statusInert = [
  "active",
  "availableReplicas",
  "collisionCount",
  "completionTime",
  "currentNumberScheduled",
  "currentReplicas",
  "currentRevision",
  "desiredNumberScheduled",
  "failed",
  "fullyLabeledReplicas",
  "numberAvailable",
  "numberMisscheduled",
  "numberReady",
  "numberUnavailable",
  "observedGeneration",
  "ready",
  "readyReplicas",
  "replicas",
  "startTime",
  "terminating",
  "terminatingReplicas",
  "unavailableReplicas",
  "uncountedTerminatedPods",
  "updatedNumberScheduled",
  "updatedReplicas"
]

/** Controllers that make pods from a template. */
export const workloadShapes = {
  Deployment: workload(["progressDeadlineSeconds", "strategy"]),
  ReplicaSet: workload([]),
  ReplicationController: workload([], anySelectorShape),
  StatefulSet: workload([
    "persistentVolumeClaimRetentionPolicy",
    "podManagementPolicy",
    "serviceName",
    "updateStrategy"
  ]),
  DaemonSet: workload(["updateStrategy"]),
  Job: workload([
    "activeDeadlineSeconds",
    "backoffLimit",
    "backoffLimitPerIndex",
    "managedBy",
    "manualSelector",
    "maxFailedIndexes",
    "podFailurePolicy",
    "podReplacementPolicy",
    "successPolicy",
    "ttlSecondsAfterFinished"
  ])
} as const

/** The kind of a controller. */
export type WorkloadKind = keyof typeof workloadShapes

/** A controller as read. */
export type Workload = Read<(typeof workloadShapes)["ReplicaSet"]> & { readonly kind: WorkloadKind }
