import type { Shape } from "./Shape.ts"

/** A kind of thing that has a say in where pods go, how all of them are called, and what of it has that say. */
export interface Source {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
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
  { apiVersion: "v1", kind: "Namespace", plural: "namespaces", shape: { metadata } },
  {
    apiVersion: "v1",
    kind: "Node",
    plural: "nodes",
    shape: {
      metadata,
      spec: { taints: [{ key: true, value: true, effect: true }], unschedulable: true },
      status: { capacity: true, allocatable: true }
    }
  },
  {
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    plural: "priorityclasses",
    shape: { metadata, value: true, globalDefault: true, preemptionPolicy: true }
  },
  {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    plural: "poddisruptionbudgets",
    shape: {
      metadata,
      spec: { selector: true, minAvailable: true, maxUnavailable: true },
      status: { disruptionsAllowed: true }
    }
  },
  { apiVersion: "v1", kind: "Service", plural: "services", shape: { metadata, spec: { selector: true } } },
  {
    apiVersion: "v1",
    kind: "Pod",
    plural: "pods",
    query: { fieldSelector: "status.phase!=Succeeded,status.phase!=Failed" },
    shape: pod
  }
]
