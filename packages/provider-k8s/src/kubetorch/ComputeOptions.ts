import type { Image } from "./Image.ts"
import type { LoggingConfig } from "./LoggingConfig.ts"
import type { Secret } from "./Secret.ts"
import type { Volume } from "./Volume.ts"

/** A toleration as manifests have it. */
export interface ManifestToleration {
  readonly key?: string
  readonly operator?: "Equal" | "Exists"
  readonly value?: string
  readonly effect?: string
  readonly tolerationSeconds?: number
}

/** Autoscaling in Knative's words, and in the reference page's own three. */
export interface AutoscaleOptions {
  readonly minScale?: number
  /** Another name of `minScale`. */
  readonly minReplicas?: number
  readonly maxScale?: number
  /** Another name of `maxScale`. */
  readonly maxReplicas?: number
  readonly target?: number
  /** Another name of `target`. */
  readonly targetConcurrency?: number
  readonly window?: string
  readonly metric?: "concurrency" | "rps" | "cpu" | "memory"
  readonly targetUtilization?: number
  readonly initialScale?: number
  readonly concurrency?: number
  readonly scaleToZeroPodRetentionPeriod?: string
  readonly scaleDownDelay?: string
  readonly autoscalerClass?: "kpa" | "hpa"
  readonly progressDeadline?: string
}

/** One program on many pods. */
export interface DistributeOptions {
  readonly distributionType?: "spmd" | "pytorch" | "ray" | "monarch" | "jax" | "tensorflow"
  readonly workers: number
  /** Seconds until enough workers must have come. */
  readonly quorumTimeout?: number
  /** How many are enough. */
  readonly quorumWorkers?: number
  readonly monitorMembers?: boolean
  /** What only this kind knows, such as processes per pod. */
  readonly distributionArgs?: Manifest
}

/** What one service or training job asks of a cluster. Everything but the name has a default. */
export interface ComputeOptions {
  readonly name: string
  readonly cpus?: string | number
  readonly memory?: string
  readonly diskSize?: string
  readonly gpus?: string | number
  /** A product such as `NVIDIA-A100`, or `key: value` for another label. */
  readonly gpuType?: string
  readonly gpuMemory?: string
  readonly gpuFraction?: number
  readonly sharedMemoryLimit?: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly tolerations?: ReadonlyArray<ManifestToleration>
  readonly serviceAccountName?: string
  /** Laid over the finished manifest: what it names wins, lists are replaced. */
  readonly serviceTemplate?: Manifest
  readonly image?: string | Image
  /** `$NAME` and `${NAME}` are expanded by the shell that starts the service; `\$` is a dollar. */
  readonly envVars?: Readonly<Record<string, string>>
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
  readonly launchTimeoutSeconds?: number
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never"
  readonly gpuAntiAffinity?: boolean
  readonly loggingConfig?: Partial<LoggingConfig>
  readonly kubeconfigPath?: string
  /** Who asks, for the label by which their services are found. */
  readonly username?: string
  /** The version of kubetorch that the image holds. */
  readonly version?: string
  readonly allowedSerialization?: ReadonlyArray<string>
  readonly autoscale?: AutoscaleOptions
  readonly distribute?: DistributeOptions
}

/** Any object as it is sent to an API server. */
export interface Manifest {
  readonly [key: string]: unknown
}
