/** A toleration as manifests have it. */
export interface ManifestToleration {
  readonly key?: string
  readonly operator?: "Equal" | "Exists"
  readonly value?: string
  readonly effect?: string
  readonly tolerationSeconds?: number
}

/** A claim by its name, mounted where the claim's own annotation or `mountPath` says. */
export interface VolumeOptions {
  readonly name: string
  readonly mountPath: string
}

/** A secret of the cluster: its keys become variables, or its files lie under `mountPath`. */
export interface SecretOptions {
  readonly name: string
  readonly env?: ReadonlyArray<string>
  readonly mountPath?: string
}

/** Autoscaling in Knative's words. */
export interface AutoscaleOptions {
  readonly minScale?: number
  readonly maxScale?: number
  readonly target?: number
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
  readonly image?: string
  readonly envVars?: Readonly<Record<string, string>>
  readonly secrets?: ReadonlyArray<string | SecretOptions>
  readonly volumes?: ReadonlyArray<VolumeOptions>
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
  readonly allowedSerialization?: ReadonlyArray<string>
  readonly autoscale?: AutoscaleOptions
  readonly distribute?: DistributeOptions
}

/** Any object as it is sent to an API server. */
export interface Manifest {
  readonly [key: string]: unknown
}
