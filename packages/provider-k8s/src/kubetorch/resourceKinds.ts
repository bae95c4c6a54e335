import { type Json, type Path, textAt } from "./Json.ts"

/** How a service runs. */
export type DeploymentMode = "deployment" | "knative" | "raycluster" | TrainingJobKind
/** The training operator's kinds of job. */
export type TrainingJobKind = "pytorchjob" | "tfjob" | "mxjob" | "xgboostjob"

/** What is the same of every manifest of one kind. */
export interface ResourceKind {
  readonly apiVersion: string
  readonly kind: string
  /** What `kubetorch.com/template` says. */
  readonly template: string
  readonly podTemplatePath: Path
  readonly workerTemplatePath?: Path
  /** Labels of the pods that calls go to; empty is every pod. */
  readonly routing: Readonly<Record<string, string>>
  readonly containerName: string
}

/** What is the same of a training job, and how its replicas are called. */
export interface TrainingKind extends ResourceKind {
  readonly replicaSpecs: string
  readonly primary: string
}

const training = (kind: string, replicaSpecs: string, primary: string, containerName: string): TrainingKind => ({
  apiVersion: "kubeflow.org/v1",
  kind,
  template: kind.toLowerCase(),
  podTemplatePath: ["spec", replicaSpecs, primary, "template"],
  workerTemplatePath: ["spec", replicaSpecs, "Worker", "template"],
  routing: { "training.kubeflow.org/replica-type": primary.toLowerCase() },
  containerName,
  replicaSpecs,
  primary
})

/** The training operator's kinds: it refuses a job whose container is not called what it expects. */
export const trainingKinds: Readonly<Record<TrainingJobKind, TrainingKind>> = {
  pytorchjob: training("PyTorchJob", "pytorchReplicaSpecs", "Master", "pytorch"),
  tfjob: training("TFJob", "tfReplicaSpecs", "Chief", "tensorflow"),
  mxjob: training("MXJob", "mxReplicaSpecs", "Scheduler", "mxnet"),
  xgboostjob: training("XGBoostJob", "xgbReplicaSpecs", "Master", "xgboost")
}

/** Every kind of manifest by the mode it stands for. */
export const resourceKinds: Readonly<Record<DeploymentMode, ResourceKind>> = {
  deployment: {
    apiVersion: "apps/v1",
    kind: "Deployment",
    template: "deployment",
    podTemplatePath: ["spec", "template"],
    routing: {},
    containerName: "kubetorch"
  },
  knative: {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    template: "ksvc",
    podTemplatePath: ["spec", "template"],
    routing: {},
    containerName: "kubetorch"
  },
  raycluster: {
    apiVersion: "ray.io/v1",
    kind: "RayCluster",
    template: "raycluster",
    podTemplatePath: ["spec", "headGroupSpec", "template"],
    workerTemplatePath: ["spec", "workerGroupSpecs", 0, "template"],
    routing: { "ray.io/node-type": "head" },
    containerName: "kubetorch"
  },
  ...trainingKinds
}

/** Whether a mode is one of the training operator's. */
export const isTraining = (mode: DeploymentMode): mode is TrainingJobKind => Object.hasOwn(trainingKinds, mode)

const modes = Object.entries(resourceKinds) as ReadonlyArray<[DeploymentMode, ResourceKind]>

/** The mode a manifest stands for, by its kind and the group of its API (any version); undefined where it is none of ours. */
export const modeOf = (manifest: Json): DeploymentMode | undefined => {
  const group = (apiVersion: string): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf("/")))
  const kind = textAt(manifest, ["kind"])
  const apiVersion = textAt(manifest, ["apiVersion"]) ?? ""
  return modes.find(([, known]) => known.kind === kind && group(known.apiVersion) === group(apiVersion))?.[0]
}
