import {
  defaultProfile,
  type KubeObjects,
  Reader,
  Scheduler,
  World
} from "../../../packages/simulator/src/engine/profiles/kube/index.ts"

/** What kind of pods come: with requests only, or with affinity, anti-affinity and spreading as well. */
export type PodKind = "plain" | "spread"

/** How many different pods there are; equal ones come again and again, as from controllers. */
const kinds = 10

/** Node number `index`: three sizes, five memories, three zones. */
export const nodeManifest = (index: number) => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name: `n${index}`,
    labels: { "kubernetes.io/hostname": `n${index}`, "topology.kubernetes.io/zone": `z${index % 3}` }
  },
  status: {
    capacity: capacityOf(index),
    allocatable: capacityOf(index)
  }
})

const capacityOf = (index: number) => ({
  cpu: String(8 + 8 * (index % 3)),
  memory: `${32 + (index % 5) * 16}Gi`,
  pods: "110"
})

const around = (labels: Readonly<Record<string, string>>, next: Readonly<Record<string, string>>) => {
  const term = (topologyKey: string, matchLabels: Readonly<Record<string, string>>) => ({
    topologyKey,
    labelSelector: { matchLabels }
  })
  const prefers = (weight: number, podAffinityTerm: ReturnType<typeof term>) => ({
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm }]
  })
  const zone = "topology.kubernetes.io/zone"
  const hostname = "kubernetes.io/hostname"
  return {
    affinity: { podAffinity: prefers(10, term(zone, next)), podAntiAffinity: prefers(50, term(hostname, labels)) },
    topologySpreadConstraints: [
      { maxSkew: 1, whenUnsatisfiable: "DoNotSchedule", ...term(zone, labels) },
      { maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway", ...term(hostname, labels) }
    ]
  }
}

/** Pod number `index`. */
export const podManifest = (index: number, kind: PodKind) => {
  const which = index % kinds
  const labels = { app: `a${which}` }
  const requests = { cpu: `${100 + which * 50}m`, memory: `${128 * (1 + which)}Mi` }
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `p${index}`, namespace: "default", labels },
    spec: {
      containers: [{ name: "c", image: "none", resources: { requests } }],
      ...(kind === "spread" ? around(labels, { app: `a${(which + 1) % kinds}` }) : {})
    }
  }
}

/** A cluster and the pods that come to it, read once per kind of pod. */
export const cluster = (nodeCount: number, podCount: number, kind: PodKind): KubeObjects => {
  const reader = new Reader({})
  const items = [
    ...Array.from({ length: nodeCount }, (_, index) => nodeManifest(index)),
    ...Array.from({ length: kinds }, (_, index) => podManifest(index, kind))
  ]
  reader.add({ file: "cluster", text: JSON.stringify({ kind: "List", items }) })
  const objects = reader.finish()
  if (reader.problems.length > 0) throw new Error(JSON.stringify(reader.problems))
  const pods = Array.from({ length: podCount }, (_, index) => {
    const model = objects.pods[index % kinds]
    if (model === undefined) throw new RangeError("there is no pod to copy")
    return { ...model, name: `p${index}` }
  })
  return { ...objects, pods }
}

/** What placing all pods took. */
export interface Timing {
  readonly placed: number
  readonly perSecond: number
  readonly microseconds: number
}

/** Places all pods; the first of each kind, for which everything is looked at once, are not timed. */
export const timePlacing = (objects: KubeObjects, percentageOfNodesToScore: number): Timing => {
  const world = new World(objects)
  const profile = { ...defaultProfile, percentageOfNodesToScore }
  const scheduler = new Scheduler(world, [profile], { kind: "seeded", seed: 1 })
  let placed = 0
  let startMs = 0
  for (let id = 0; id < world.pods.length; id++) {
    if (id === kinds) startMs = performance.now()
    const node = scheduler.choose(scheduler.pod(id).class)
    if (node < 0) continue
    world.assign(id, node)
    if (id >= kinds) placed++
  }
  const tookMs = performance.now() - startMs
  return {
    placed,
    perSecond: Math.round((placed / tookMs) * 1000),
    microseconds: Math.round((tookMs / placed) * 10_000) / 10
  }
}
