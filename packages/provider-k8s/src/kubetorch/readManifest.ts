import { fromLiteral } from "../translate/literal.ts"
import type { AutoscaleOptions, Manifest } from "./ComputeOptions.ts"
import { endpointOf, gpuKeys } from "./names.ts"
import { trainingKinds } from "./training.ts"

/** What runs a service. */
export type DeploymentMode = "deployment" | "knative" | "raycluster" | "training"

/** What can be read back from a live manifest, whoever wrote it. */
export interface ServiceView {
  readonly serviceName: string
  readonly namespace: string
  readonly deploymentMode: DeploymentMode
  readonly podSpec: Manifest
  readonly replicas: number
  readonly cpus?: string
  readonly memory?: string
  readonly gpus?: string
  readonly gpuType?: string
  readonly diskSize?: string
  /** Where it answers: what Knative gave it, or its service's name inside the cluster. */
  readonly endpoint: string
  readonly distributedConfig?: Manifest
  /** All of it, as it was read. */
  readonly manifest: Manifest
  readonly autoscaling: AutoscaleOptions
}

/** The value at a path; undefined where a part of it is missing. */
const at = (value: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], value)
const textAt = (value: unknown, path: ReadonlyArray<string>): string | undefined => {
  const found = at(value, path)
  return typeof found === "string" || typeof found === "number" ? String(found) : undefined
}

/** Where each kind keeps the pods it makes. */
export const podTemplatePath = (kind: string): ReadonlyArray<string> => {
  if (kind === "RayCluster") return ["spec", "headGroupSpec", "template"]
  const training = Object.entries(trainingKinds).find(([name]) => name === kind)?.[1]
  return training === undefined ? ["spec", "template"] : ["spec", training.replicas, training.first, "template"]
}

const modeOf = (kind: string, apiVersion: string): DeploymentMode => {
  if (kind === "Service" && apiVersion.startsWith("serving.knative.dev/")) return "knative"
  if (kind === "RayCluster") return "raycluster"
  return kind in trainingKinds ? "training" : "deployment"
}

const replicasOf = (manifest: Manifest, kind: string): number => {
  if (kind === "RayCluster") {
    const [group] = (at(manifest, ["spec", "workerGroupSpecs"]) as ReadonlyArray<unknown> | undefined) ?? []
    return 1 + Number(textAt(group, ["replicas"]) ?? 0)
  }
  const training = Object.entries(trainingKinds).find(([name]) => name === kind)?.[1]
  return training === undefined
    ? Number(textAt(manifest, ["spec", "replicas"]) ?? 1)
    : 1 + Number(textAt(manifest, ["spec", training.replicas, "Worker", "replicas"]) ?? 0)
}

const autoscalingOf = (template: unknown): AutoscaleOptions => {
  const read = (key: string) => textAt(template, ["metadata", "annotations", `autoscaling.knative.dev/${key}`])
  const count = (key: string) => (read(key) === undefined ? undefined : Number(read(key)))
  const concurrency = textAt(template, ["spec", "containerConcurrency"])
  const found = {
    minScale: count("min-scale"),
    maxScale: count("max-scale"),
    target: count("target"),
    window: read("window"),
    metric: read("metric"),
    targetUtilization: count("target-utilization-percentage"),
    initialScale: count("initial-scale"),
    concurrency: concurrency === undefined ? undefined : Number(concurrency),
    scaleToZeroPodRetentionPeriod: read("scale-to-zero-pod-retention-period"),
    scaleDownDelay: read("scale-down-delay"),
    autoscalerClass: read("class")?.split(".")[0],
    progressDeadline: textAt(template, ["metadata", "annotations", "serving.knative.dev/progress-deadline"])
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** What the server in the pods was told of the other workers; undefined where it is told nothing it could read. */
const distributedIn = (container: unknown): Manifest | undefined => {
  const env = (at(container, ["env"]) as ReadonlyArray<unknown> | undefined) ?? []
  const written = env.find((one) => at(one, ["name"]) === "KT_DISTRIBUTED_CONFIG")
  try {
    return JSON.parse(fromLiteral(textAt(written, ["value"]) ?? "")) as Manifest
  } catch {
    return undefined
  }
}

/** Every property of a service, out of its live manifest. */
export const readManifest = (manifest: Manifest): ServiceView => {
  const kind = textAt(manifest, ["kind"]) ?? ""
  const template = at(manifest, podTemplatePath(kind))
  const podSpec = (at(template, ["spec"]) as Manifest | undefined) ?? {}
  const [container] = (podSpec.containers as ReadonlyArray<unknown> | undefined) ?? []
  const asked = (key: string) => textAt(container, ["resources", "requests", key])
  const cpus = asked("cpu")
  const memory = asked("memory")
  const gpus = asked(gpuKeys.resource)
  const diskSize = asked("ephemeral-storage")
  const distributedConfig = distributedIn(container)
  const serviceName = textAt(manifest, ["metadata", "name"]) ?? ""
  const namespace = textAt(manifest, ["metadata", "namespace"]) ?? "default"
  const gpuType = textAt(podSpec, ["nodeSelector", gpuKeys.product])
  return {
    serviceName,
    namespace,
    endpoint: textAt(manifest, ["status", "url"]) ?? endpointOf({ name: serviceName, namespace }),
    manifest,
    deploymentMode: modeOf(kind, textAt(manifest, ["apiVersion"]) ?? ""),
    podSpec,
    replicas: replicasOf(manifest, kind),
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory === undefined ? {} : { memory }),
    ...(gpus === undefined ? {} : { gpus }),
    ...(gpuType === undefined ? {} : { gpuType }),
    ...(diskSize === undefined ? {} : { diskSize }),
    ...(distributedConfig === undefined ? {} : { distributedConfig }),
    autoscaling: autoscalingOf(template)
  }
}
