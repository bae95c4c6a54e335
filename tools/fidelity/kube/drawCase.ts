import { schedulerNames } from "./configuration.ts"
import { Draw } from "./Draw.ts"
import { drawPod, type Features } from "./drawPod.ts"
import { drawVolumes } from "./drawVolumes.ts"

/** A Kubernetes object, as far as we must look into it. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/** A cluster and the pods that come to it, one after the other. */
export interface Case {
  readonly seed: number
  /** Whether pods get a start time once they are placed, as a kubelet would give them. */
  readonly started: boolean
  readonly objects: ReadonlyArray<Manifest>
  readonly pods: ReadonlyArray<Manifest>
}

/** The namespaces that every case has. */
export const namespaces: ReadonlyArray<Manifest> = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } },
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "other", labels: { team: "blue", size: "3" } } },
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "third", labels: { team: "red" } } }
]

/** The priorities that every case has. */
export const priorityClasses: ReadonlyArray<Manifest> = [
  { name: "low", value: -5 },
  { name: "mid", value: 100 },
  { name: "high", value: 1000 },
  { name: "never", value: 900, preemptionPolicy: "Never" }
].map(({ name, ...rest }) => ({
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  metadata: { name },
  ...rest
}))

const taints = [
  { key: "team", value: "blue", effect: "NoSchedule" },
  { key: "team", value: "red", effect: "NoExecute" },
  { key: "soft", value: "1", effect: "PreferNoSchedule" },
  { key: "soft", value: "2", effect: "PreferNoSchedule" },
  { key: "old", effect: "PreferNoSchedule" },
  { key: "node.kubernetes.io/not-ready", effect: "NoExecute" }
]

const node = (draw: Draw, index: number): Manifest => {
  const name = `n${index}`
  const allocatable = {
    cpu: draw.one(["1", "2", "4", "3500m", "7.5", "16"]),
    memory: draw.one(["1Gi", "2G", "8Gi", "900Mi", "3000000k", "16Gi"]),
    pods: draw.one(["3", "6", "11", "30"]),
    ...(draw.chance(80) ? { "ephemeral-storage": draw.one(["10Gi", "100Gi"]) } : {}),
    ...(draw.chance(35) ? { "example.com/gpu": draw.one(["0", "1", "4"]) } : {}),
    ...(draw.chance(15) ? { "hugepages-2Mi": "64Mi" } : {})
  }
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        ...(draw.chance(92) ? { "kubernetes.io/hostname": draw.chance(4) ? "n0" : name } : {}),
        ...(draw.chance(85) ? { "topology.kubernetes.io/zone": draw.one(["z1", "z2", "z3"]) } : {}),
        ...(draw.chance(30) ? { "topology.kubernetes.io/region": draw.one(["r1", ""]) } : {}),
        ...(draw.chance(60) ? { disk: draw.one(["ssd", "hdd", ""]) } : {}),
        ...(draw.chance(40) ? { size: draw.one(["3", "8", "12", "007", "x"]) } : {})
      }
    },
    spec: {
      ...(draw.chance(40) ? { taints: uniqueTaints(draw.some(16, taints)) } : {}),
      ...(draw.chance(8) ? { unschedulable: true } : {})
    },
    status: {
      capacity: allocatable,
      allocatable,
      images: draw
        .some(45, ["img-a:latest", "img-b:latest", "img-c:v2", "registry.io:5000/img-d:latest"])
        .map((image) => ({ names: [image], sizeBytes: draw.one([1000, 314572800, 943718400, 2097152000]) }))
    }
  }
}

const uniqueTaints = (drawn: ReadonlyArray<{ readonly key: string; readonly effect: string }>) =>
  drawn.filter((one, at) => drawn.findIndex((other) => other.key === one.key && other.effect === one.effect) === at)

const services = (draw: Draw): ReadonlyArray<Manifest> =>
  draw.many(draw.below(4), (index) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `s${index}`, namespace: draw.one(["default", "default", "other"]) },
    spec: {
      ports: [{ port: 80 }],
      selector: draw.one<Readonly<Record<string, string>>>([
        { app: "a" },
        { app: "b" },
        { tier: "web" },
        { app: "a", tier: "web" }
      ])
    }
  }))

const budgets = (draw: Draw): ReadonlyArray<Manifest> =>
  draw.many(draw.below(4), (index) => ({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: `b${index}`, namespace: draw.one(["default", "default", "other"]) },
    spec: {
      maxUnavailable: 1,
      selector: draw.one<unknown>([{ matchLabels: { app: "a" } }, { matchLabels: { tier: "web" } }, {}])
    },
    status: {
      disruptionsAllowed: draw.below(3),
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
      observedGeneration: 1
    }
  }))

const replicaSets = (draw: Draw): ReadonlyArray<Manifest> =>
  draw.some(50, ["a", "b"]).map((app) => ({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: `rs-${app}`, namespace: "default" },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers: [{ name: "c", image: "img-a" }] } }
    }
  }))

/** The case of a seed. */
export const drawCase = (seed: number): Case => {
  const draw = new Draw(seed)
  // From a hundred nodes on, the search ends before it has seen all of them.
  const nodeCount = draw.one([1, 2, 3, 5, 5, 8, 12, 20, 20, 40, 110, 100 + draw.below(200)])
  // Each case has some of the features only, so that each meets the others and also stands alone.
  const percent = draw.one([5, 15, 30, 60])
  const hasVolumes = draw.chance(25)
  const features: Features = {
    percent,
    hasVolumes,
    nodes: nodeCount,
    schedulers: draw.chance(50) ? ["default-scheduler"] : schedulerNames,
    priorities: draw.chance(65)
  }
  const objects = [
    ...services(draw),
    ...replicaSets(draw),
    ...draw.many(nodeCount, (index) => node(draw, index)),
    ...(features.priorities ? budgets(draw) : []),
    ...(hasVolumes ? drawVolumes(draw) : [])
  ]
  const podCount = draw.one([20, 40, 60])
  return {
    seed,
    started: draw.chance(50),
    objects,
    pods: draw.many(podCount, (index) => drawPod(draw, features, index))
  }
}
