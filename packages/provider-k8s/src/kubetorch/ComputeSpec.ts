import type { Autoscaling } from "./Autoscaling.ts"
import type { Distribution } from "./Distribution.ts"
import type { Image } from "./Image.ts"
import type { JsonObject } from "./Json.ts"
import type { LoggingConfig } from "./LoggingConfig.ts"
import type { TrainingJobKind } from "./resourceKinds.ts"
import type { Secret } from "./Secret.ts"
import type { Volume } from "./Volume.ts"

/** What a pod puts up with, field by field as Kubernetes has it. */
export interface PodToleration {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
  readonly tolerationSeconds?: number
}

/** All that can be said of a service's compute. Whatever is left out has the default that the member names. */
export interface ComputeSpec {
  readonly cpus?: string | number
  readonly memory?: string | number
  readonly diskSize?: string | number
  /** Whole GPUs; 0 is none. */
  readonly gpus?: string | number
  /** A product, or `key: value` for another label. */
  readonly gpuType?: string
  /** A share of one GPU by its memory, through KAI; not together with `gpus`. */
  readonly gpuMemory?: string | number
  /** A share of one GPU, above 0 and at most 1, through KAI; not together with `gpus`. */
  readonly gpuFraction?: string | number
  readonly sharedMemoryLimit?: string | number

  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly tolerations?: ReadonlyArray<PodToleration>
  readonly serviceAccountName?: string
  /** Laid over the finished manifest: objects join, lists are replaced. */
  readonly serviceTemplate?: JsonObject

  readonly image?: Image
  /** `$NAME` and `${NAME}` are expanded by the shell that starts the service; `\$` is a dollar. */
  readonly envVars?: Readonly<Record<string, string>>
  /** A text is the name of a secret that is in the cluster. */
  readonly secrets?: ReadonlyArray<string | Secret>
  /** A text is the name of a claim that is in the cluster. */
  readonly volumes?: ReadonlyArray<string | Volume>
  readonly workingDir?: string

  /** A queue of the KAI scheduler. */
  readonly queue?: string
  /** A queue of Kueue. */
  readonly queueName?: string
  readonly priorityClassName?: string

  readonly replicas?: number
  readonly freeze?: boolean
  readonly inactivityTtl?: string
  /** Seconds. */
  readonly launchTimeout?: number
  readonly imagePullPolicy?: string
  readonly gpuAntiAffinity?: boolean

  readonly loggingConfig?: Partial<LoggingConfig>
  readonly kubeconfigPath?: string
  readonly allowedSerialization?: ReadonlyArray<string>

  readonly distribution?: Distribution
  readonly autoscaling?: Autoscaling
  readonly trainingJob?: TrainingJobKind
}
