import { schedulerNames } from "./configuration.ts"
import { Draw } from "./Draw.ts"
import type { Features } from "./drawAffinity.ts"
import { drawNode, type Sizes } from "./drawNode.ts"
import { drawPlacedPod, drawPod } from "./drawPod.ts"
import { drawVolumes, localClass } from "./drawVolumes.ts"

/** A Kubernetes object, as far as we must look into it. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/** What happens to a node: it comes or becomes like this, or it goes. */
export type Change = { readonly setNode: Manifest } | { readonly removeNode: string }

/** What comes next: a pod that needs a place, a change, or the end of all who take their time to leave. */
export type Arrival = { readonly pod: Manifest } | Change | { readonly allLeave: true }

/** A cluster and what comes to it, one after the other. */
export interface Case {
  readonly seed: number
  /** Whether pods get a start time once they are placed, as a kubelet would give them. */
  readonly started: boolean
  /** Whether pods that must leave for others take their time. */
  readonly isSlow: boolean
  readonly objects: ReadonlyArray<Manifest>
  readonly arrivals: ReadonlyArray<Arrival>
}

/** The pods that come. */
export const podsOf = ({ arrivals }: Case): ReadonlyArray<Manifest> =>
  arrivals.flatMap((one) => ("pod" in one ? [one.pod] : []))

const namespaces: ReadonlyArray<Manifest> = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "bounded" } },
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } },
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "other", labels: { team: "blue", size: "3" } } },
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "third", labels: { team: "red" } } }
]

const priorityClasses: ReadonlyArray<Manifest> = [
  { name: "low", value: -5 },
  { name: "usual", value: 3, globalDefault: true },
  { name: "mid", value: 100 },
  { name: "high", value: 1000 },
  { name: "never", value: 900, preemptionPolicy: "Never" }
].map(({ name, ...rest }) => ({
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  metadata: { name },
  ...rest
}))

/** What every case has: who pods may belong to and what the API server adds to them. */
export const shared: ReadonlyArray<Manifest> = [
  ...namespaces,
  ...priorityClasses,
  localClass,
  {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: "bounds", namespace: "bounded" },
    spec: { limits: [{ type: "Container", defaultRequest: { cpu: "150m", memory: "300Mi" } }] }
  },
  {
    apiVersion: "node.k8s.io/v1",
    kind: "RuntimeClass",
    metadata: { name: "kata" },
    handler: "kata",
    overhead: { podFixed: { cpu: "250m", memory: "120Mi" } },
    scheduling: {
      nodeSelector: { "topology.kubernetes.io/zone": "z1" },
      tolerations: [{ key: "team", operator: "Exists" }]
    }
  }
]

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
      observedGeneration: 1,
      ...(draw.chance(15) ? { disruptedPods: { p0: "2026-01-01T00:00:00Z", p1: "2026-01-01T00:00:00Z" } } : {})
    }
  }))

/** The controllers that pods may belong to. */
const controllers = (draw: Draw): ReadonlyArray<Manifest> =>
  draw.some(50, ["a", "b"]).map((app) => {
    const template = { metadata: { labels: { app } }, spec: { containers: [{ name: "c", image: "img-a" }] } }
    const [kind, apiVersion, selector] = draw.one<readonly [string, string, unknown]>([
      ["ReplicaSet", "apps/v1", { matchLabels: { app } }],
      ["StatefulSet", "apps/v1", { matchLabels: { app } }],
      ["ReplicationController", "v1", { app }]
    ])
    return {
      apiVersion,
      kind,
      metadata: { name: `owner-${app}`, namespace: "default" },
      spec: { replicas: 0, selector, template, ...(kind === "StatefulSet" ? { serviceName: "s" } : {}) }
    }
  })

/** Quotas count from nothing, so that pods that are there from the start would not count: then there are none. */
const quotas = (draw: Draw): ReadonlyArray<Manifest> =>
  draw.many(1 + draw.below(2), (index) => {
    const hard = {
      ...(draw.chance(50) ? { [draw.one(["pods", "count/pods"])]: String(2 + draw.below(6)) } : {}),
      ...(draw.chance(40) ? { [draw.one(["cpu", "requests.cpu", "limits.cpu"])]: draw.one(["2", "3500m", "1k"]) } : {}),
      ...(draw.chance(30) ? { [draw.one(["memory", "requests.memory"])]: draw.one(["2Gi", "3G", "1200Mi"]) } : {}),
      ...(draw.chance(30) ? { "requests.example.com/gpu": "1" } : {}),
      ...(draw.chance(20) ? { "requests.ephemeral-storage": "70Gi" } : {})
    }
    // Only some resources may be counted for some pods only.
    const isScoped = Object.keys(hard).every((name) => /^(pods|(requests\.|limits\.)?(cpu|memory))$/.test(name))
    const only = draw.one<object>([
      {},
      { scopes: [draw.one(["NotTerminating", "NotBestEffort"])] },
      { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: ["low", "mid"] }] } }
    ])
    return {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: `quota${index}`, namespace: draw.one(["default", "other", "third", "bounded"]) },
      spec: { hard, ...(isScoped ? only : {}) },
      status: { hard, used: Object.fromEntries(Object.keys(hard).map((name) => [name, "0"])) }
    }
  })

/** What happens between pods: nodes come, go and change. */
const change = (draw: Draw, names: ReadonlyArray<string>, sizes: Sizes, there: Set<string>): Change => {
  const name = draw.one(names)
  if (there.has(name) && there.size > 1 && draw.chance(35)) {
    there.delete(name)
    return { removeNode: name }
  }
  there.add(name)
  return { setNode: drawNode(draw, name, sizes) }
}

const arrivals = (draw: Draw, features: Features, sizes: Sizes, podCount: number): ReadonlyArray<Arrival> => {
  const names = Array.from({ length: features.nodes + 3 }, (_, index) => `n${index}`)
  const there = new Set(names.slice(0, features.nodes))
  const changes = draw.chance(30) && !features.isSlow ? 15 : 0
  return draw
    .many(podCount, (index): ReadonlyArray<Arrival> => {
      const before = draw.chance(changes) ? draw.many(1 + draw.below(2), () => change(draw, names, sizes, there)) : []
      const ends: ReadonlyArray<Arrival> = features.isSlow && draw.chance(15) ? [{ allLeave: true }] : []
      return [...before, ...ends, { pod: drawPod(draw, features, index) }]
    })
    .flat()
}

/** The case of a seed. */
export const drawCase = (seed: number): Case => {
  const draw = new Draw(seed)
  const isSlow = draw.chance(20)
  // From a hundred nodes on, the search ends before it has seen all of them.
  const nodes = draw.one(
    isSlow ? [1, 2, 2, 3, 5, 8] : [1, 2, 3, 5, 5, 8, 8, 12, 12, 20, 20, 40, 40, 110, 100 + draw.below(200)]
  )
  const sizes = nodes <= 12 && !isSlow && draw.chance(25) ? "large" : "small"
  // Each case has some of the features only, so that each meets the others and also stands alone.
  const percent = draw.one([5, 15, 30, 60])
  const hasVolumes = draw.chance(25) && !isSlow
  const owners = controllers(draw)
  const features: Features = {
    percent,
    hasVolumes,
    nodes,
    owners,
    schedulers: draw.chance(50) ? ["default-scheduler"] : schedulerNames,
    isSlow,
    priorities: draw.chance(65) || isSlow
  }
  const placed = draw.chance(30) ? draw.below(nodes > 100 ? 2 * nodes : 4 * nodes) : 0
  const objects = [
    ...services(draw),
    ...owners,
    ...draw.many(nodes, (index) => drawNode(draw, `n${index}`, sizes)),
    ...(features.priorities ? budgets(draw) : []),
    ...(hasVolumes ? drawVolumes(draw, nodes) : []),
    ...draw.many(placed, (index) => drawPlacedPod(draw, features, index)),
    ...(placed === 0 && !isSlow && draw.chance(20) ? quotas(draw) : [])
  ]
  const podCount = sizes === "large" ? draw.one([120, 200]) : nodes > 100 ? 40 : draw.one([30, 60, 100])
  return {
    seed,
    started: draw.chance(50) && !isSlow,
    isSlow,
    objects,
    arrivals: arrivals(draw, features, sizes, podCount)
  }
}
