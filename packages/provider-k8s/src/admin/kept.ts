import { pathOf } from "../objects/paths.ts"

/** A kind of thing that an export holds. */
export interface Kept {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  /** Things of the whole cluster have no namespace. */
  readonly namespaced: boolean
}

const kept = (apiVersion: string, kind: string, plural: string, namespaced = true): Kept => ({
  apiVersion,
  kind,
  plural,
  namespaced
})

/** What is exported, in the order in which it is made again. Secrets are not: they belong into no file. */
export const keptKinds: ReadonlyArray<Kept> = [
  kept("v1", "Namespace", "namespaces", false),
  kept("v1", "ResourceQuota", "resourcequotas"),
  kept("v1", "LimitRange", "limitranges"),
  kept("scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", false),
  kept("karpenter.sh/v1", "NodePool", "nodepools", false),
  kept("v1", "ConfigMap", "configmaps"),
  kept("v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
  kept("v1", "Service", "services"),
  kept("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
  kept("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
  kept("apps/v1", "Deployment", "deployments"),
  kept("serving.knative.dev/v1", "Service", "services"),
  kept("ray.io/v1", "RayCluster", "rayclusters"),
  kept("kubeflow.org/v1", "PyTorchJob", "pytorchjobs"),
  kept("batch/v1", "Job", "jobs")
]

/** Where things of a kind lie; all of them, or one. */
export const keptPath = ({ apiVersion, namespaced, plural }: Kept, namespace?: string, name?: string): string =>
  pathOf(apiVersion, plural, { namespace: namespaced ? namespace : undefined, name })
