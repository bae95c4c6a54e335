import type { AutoscaleOptions, ComputeOptions, Manifest } from "./ComputeOptions.ts"
import { metadataOf, podTemplate } from "./podTemplate.ts"

const secondsOf = ({ launchTimeoutSeconds = 900 }: ComputeOptions): number =>
  Math.max(600, launchTimeoutSeconds + 60, Math.ceil((launchTimeoutSeconds * 6) / 5))

/** Autoscaling as annotations of the pods: every setting that was given, and what upstream sets by itself. */
const scalingOf = (scale: AutoscaleOptions): Readonly<Record<string, string>> => {
  // the two delays mean something to Knative's own autoscaler only
  const slow = (delay: string) => (scale.autoscalerClass === "hpa" ? undefined : delay)
  const settings: Readonly<Record<string, string | number | undefined>> = {
    class: scale.autoscalerClass === undefined ? undefined : `${scale.autoscalerClass}.autoscaling.knative.dev`,
    target: scale.target ?? scale.targetConcurrency,
    "min-scale": scale.minScale ?? scale.minReplicas,
    "max-scale": scale.maxScale ?? scale.maxReplicas,
    window: scale.window,
    metric: scale.metric,
    "target-utilization-percentage": scale.targetUtilization,
    "initial-scale": scale.initialScale,
    "scale-to-zero-pod-retention-period": scale.scaleToZeroPodRetentionPeriod ?? slow("10m"),
    "scale-down-delay": scale.scaleDownDelay ?? slow("1m")
  }
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) =>
      value === undefined ? [] : [[`autoscaling.knative.dev/${key}`, String(value)]]
    )
  )
}

/** A Knative Service: scaled by its load, to zero where nobody says otherwise. */
export const toKnative = (options: ComputeOptions): Manifest => {
  const scale = options.autoscale ?? {}
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: metadataOf(options),
    spec: { template: knativeTemplate(options, scale) }
  }
}

const knativeTemplate = (options: ComputeOptions, scale: AutoscaleOptions): Manifest => {
  const template = podTemplate(options) as {
    readonly metadata: { readonly annotations: Readonly<Record<string, string>> }
    readonly spec: Manifest
  }
  return {
    metadata: {
      ...template.metadata,
      annotations: {
        ...template.metadata.annotations,
        ...scalingOf(scale),
        "serving.knative.dev/progress-deadline": scale.progressDeadline ?? `${secondsOf(options)}s`
      }
    },
    spec: {
      ...template.spec,
      ...(scale.concurrency === undefined ? {} : { containerConcurrency: scale.concurrency })
    }
  }
}
