import type { ComputeOptions, Manifest } from "./ComputeOptions.ts"
import { metadataOf, podTemplate, workersOf } from "./podTemplate.ts"

interface KindFacts {
  readonly replicas: string
  readonly first: string
  readonly container: string
  /** What the operator wants to be told besides. */
  readonly settings?: Manifest
}

/** Kinds of training job: where each keeps its first pod and its others, and what the operator wants the container called. */
export const trainingKinds = {
  PyTorchJob: { replicas: "pytorchReplicaSpecs", first: "Master", container: "pytorch" },
  TFJob: { replicas: "tfReplicaSpecs", first: "Chief", container: "tensorflow" },
  MXJob: { replicas: "mxReplicaSpecs", first: "Scheduler", container: "mxnet", settings: { jobMode: "MXTrain" } },
  XGBoostJob: { replicas: "xgbReplicaSpecs", first: "Master", container: "xgboost" }
} as const satisfies Readonly<Record<string, KindFacts>>
export type TrainingKind = keyof typeof trainingKinds

/** A training job of the training operator: one first pod and the others as workers. */
export const toTrainingJob = (kind: TrainingKind, options: ComputeOptions): Manifest => {
  const { container, first, replicas, settings }: KindFacts = trainingKinds[kind]
  const others = workersOf(options) - 1
  const template = podTemplate(options, container)
  const group = (count: number) => ({ replicas: count, restartPolicy: "OnFailure", template })
  return {
    apiVersion: "kubeflow.org/v1",
    kind,
    metadata: metadataOf(options),
    spec: {
      ...settings,
      // a queue lets the job go when its turn has come
      ...(options.queueName === undefined ? {} : { runPolicy: { suspend: true } }),
      [replicas]: { [first]: group(1), ...(others > 0 ? { Worker: group(others) } : {}) }
    }
  }
}
