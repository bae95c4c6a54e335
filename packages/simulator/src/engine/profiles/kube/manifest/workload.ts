import { metadataShape, selectorShape } from "./metadata.ts"
import { podSpecShape } from "./pod.ts"
import { type Read, record, text, whole } from "./shape.ts"

const templateShape = record({ metadata: metadataShape, spec: podSpecShape }, { required: ["spec"] })
const countMax = 10_000_000

const workload = (inert: ReadonlyArray<string>) =>
  record(
    {
      metadata: metadataShape,
      spec: record(
        {
          replicas: whole(0, countMax),
          parallelism: whole(0, countMax),
          completions: whole(0, countMax),
          selector: selectorShape,
          serviceName: text,
          template: templateShape
        },
        { required: ["template"], inert }
      )
    },
    { required: ["metadata", "spec"], inert: ["apiVersion", "kind", "status"] }
  )

/** Any controller that makes pods from a template. */
export const workloadShape = workload([
  "activeDeadlineSeconds",
  "backoffLimit",
  "backoffLimitPerIndex",
  "completionMode",
  "manualSelector",
  "maxFailedIndexes",
  "minReadySeconds",
  "ordinals",
  "paused",
  "persistentVolumeClaimRetentionPolicy",
  "podFailurePolicy",
  "podManagementPolicy",
  "podReplacementPolicy",
  "progressDeadlineSeconds",
  "revisionHistoryLimit",
  "strategy",
  "successPolicy",
  "suspend",
  "ttlSecondsAfterFinished",
  "updateStrategy"
])

/** A controller as read. */
export type Workload = Read<typeof workloadShape>
