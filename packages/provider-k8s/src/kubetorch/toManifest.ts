import { because, type ComputeError, InvalidInput } from "@orrery/core"
import { Result } from "effect"
import type { ComputeOptions, Manifest } from "./ComputeOptions.ts"
import { toKnative } from "./knative.ts"
import { labelKeys } from "./names.ts"
import { override } from "./override.ts"
import { metadataOf, podTemplate, workersOf } from "./podTemplate.ts"
import { problemsOf } from "./problemsOf.ts"
import { toRayCluster } from "./ray.ts"
import { type TrainingKind, toTrainingJob } from "./training.ts"

const toDeployment = (options: ComputeOptions): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: metadataOf(options),
  spec: {
    replicas: workersOf(options),
    selector: { matchLabels: { [labelKeys.service]: options.name } },
    template: podTemplate(options)
  }
})

const manifestOf = (options: ComputeOptions, training: TrainingKind | undefined): Manifest => {
  if (training !== undefined) return toTrainingJob(training, options)
  if (options.distribute?.distributionType === "ray") return toRayCluster(options)
  return options.autoscale === undefined ? toDeployment(options) : toKnative(options)
}

/** Says on the manifest itself, and not on its pods, which kind was chosen. */
const labelled = (manifest: Manifest): Manifest => {
  const kind = String(manifest.kind)
  const template = kind === "Service" ? "ksvc" : kind.toLowerCase()
  return override(manifest, { metadata: { labels: { [labelKeys.template]: template } } })
}

/**
 * The manifest of a service: a Deployment, a Knative Service where it is autoscaled, a RayCluster where it is distributed
 * by Ray, or the training job that was asked for. The service template is laid over it last.
 */
export const toManifest = (options: ComputeOptions, training?: TrainingKind): Result.Result<Manifest, ComputeError> => {
  const problems = problemsOf(options)
  return problems.length > 0
    ? Result.fail(because(new InvalidInput({ backend: "kubernetes", operation: "toManifest", problems })))
    : Result.succeed(override(labelled(manifestOf(options, training)), options.serviceTemplate ?? {}))
}
