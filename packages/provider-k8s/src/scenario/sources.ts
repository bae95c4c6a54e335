import type { Shape } from "./Shape.ts"

/** A kind of thing that has a say in where pods go, where it lies, and what of it has that say. */
export interface Source {
  readonly apiVersion: string
  readonly kind: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly shape: Shape
}

const metadata: Shape = { name: true, namespace: true, labels: true }
const resources: Shape = { requests: true, limits: true }
/** Neither commands nor arguments, variables or mounts: what runs is nobody's business here. */
const container: Shape = {
  name: true,
  image: true,
  resources,
  ports: [{ containerPort: true, hostPort: true, protocol: true }],
  restartPolicy: true
}

const pod: Shape = {
  metadata: { ...metadata, ownerReferences: [{ apiVersion: true, kind: true, name: true, controller: true }] },
  spec: {
    containers: [container],
    initContainers: [container],
    nodeName: true,
    nodeSelector: true,
    affinity: true,
    tolerations: true,
    topologySpreadConstraints: true,
    priority: true,
    priorityClassName: true,
    preemptionPolicy: true,
    schedulerName: true,
    schedulingGates: true,
    overhead: true,
    resources,
    hostNetwork: true,
    terminationGracePeriodSeconds: true
  },
  status: { phase: true, startTime: true }
}

/** What a scenario is read from, in the order in which it is written. */
export const sources: ReadonlyArray<Source> = [
  { apiVersion: "v1", kind: "Namespace", path: "/api/v1/namespaces", shape: { metadata } },
  {
    apiVersion: "v1",
    kind: "Node",
    path: "/api/v1/nodes",
    shape: {
      metadata,
      spec: { taints: [{ key: true, value: true, effect: true }], unschedulable: true },
      status: { capacity: true, allocatable: true }
    }
  },
  {
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    path: "/apis/scheduling.k8s.io/v1/priorityclasses",
    shape: { metadata, value: true, globalDefault: true, preemptionPolicy: true }
  },
  {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    path: "/apis/policy/v1/poddisruptionbudgets",
    shape: {
      metadata,
      spec: { selector: true, minAvailable: true, maxUnavailable: true },
      status: { disruptionsAllowed: true }
    }
  },
  { apiVersion: "v1", kind: "Service", path: "/api/v1/services", shape: { metadata, spec: { selector: true } } },
  {
    apiVersion: "v1",
    kind: "Pod",
    path: "/api/v1/pods",
    query: { fieldSelector: "status.phase!=Succeeded,status.phase!=Failed" },
    shape: pod
  }
]
