import type { Draw } from "./Draw.ts"
import { affinities, type Features, spread } from "./drawAffinity.ts"
import type { Manifest } from "./drawCase.ts"
import { claimNames } from "./drawVolumes.ts"

const requests = (draw: Draw): Readonly<Record<string, string>> => ({
  ...(draw.chance(70) ? { cpu: draw.one(["0", "1m", "100m", "0.5", "333m", "1", "2500m", "0.0005"]) } : {}),
  ...(draw.chance(70) ? { memory: draw.one(["0", "1", "100M", "512Mi", "1500000k", "0.5Gi", "1e9", "1500m"]) } : {}),
  ...(draw.chance(15) ? { "ephemeral-storage": draw.one(["1Gi", "9Gi", "60Gi"]) } : {})
})

const container = (draw: Draw, name: string): Readonly<Record<string, unknown>> => {
  const wanted = requests(draw)
  const units = draw.chance(12) ? { "example.com/gpu": draw.one(["1", "2", "0"]) } : {}
  const limits = draw.chance(20) && wanted.cpu === undefined ? { cpu: draw.one(["200m", "1"]) } : {}
  return {
    name,
    image: draw.one(["none", "img-a", "img-b", "img-b:latest", "img-c:v2", "registry.io:5000/img-d"]),
    resources: { requests: { ...wanted, ...units }, limits: { ...limits, ...units } },
    // One container of a pod only: the API refuses a port taken twice.
    ...(name === "c0" && draw.chance(15)
      ? {
          ports: [
            {
              containerPort: 80,
              hostPort: draw.one([8080, 8081]),
              ...(draw.chance(40) ? { hostIP: draw.one(["127.0.0.1", "0.0.0.0", "10.0.0.1"]) } : {}),
              ...(draw.chance(20) ? { protocol: "UDP" } : {})
            }
          ]
        }
      : {})
  }
}

const toleration = (draw: Draw): unknown =>
  draw.one<unknown>([
    { operator: "Exists" },
    { key: "soft", operator: "Exists" },
    { key: "soft", operator: "Equal", value: "1", effect: "PreferNoSchedule" },
    { key: "team", operator: "Equal", value: "blue", effect: "NoSchedule" },
    { key: "team", operator: "Exists", effect: "NoExecute" },
    { key: "team", value: "red" },
    { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" },
    { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoSchedule" },
    { key: "old", operator: "Exists", effect: "PreferNoSchedule" }
  ])

const initContainers = (draw: Draw): ReadonlyArray<unknown> =>
  draw.many(1 + draw.below(2), (index) => ({
    ...container(draw, `i${index}`),
    ...(draw.chance(40) ? { restartPolicy: "Always" } : {})
  }))

const ownerOf = (draw: Draw, { owners }: Features): ReadonlyArray<unknown> => {
  if (owners.length === 0) return []
  const { apiVersion, kind, metadata } = draw.one(owners)
  return [{ apiVersion, kind, name: metadata.name, uid: "1", controller: draw.chance(90) }]
}

/** Requests of the whole pod; its containers ask for nothing then, as they may not ask for more. */
const podLevel = (draw: Draw): unknown => ({
  requests: { cpu: draw.one(["200m", "1"]), ...(draw.chance(50) ? { memory: "300Mi" } : {}) },
  ...(draw.chance(40) ? { limits: { cpu: "2", memory: "1Gi" } } : {})
})

const containers = (draw: Draw): unknown => {
  if (draw.chance(5)) return { resources: podLevel(draw), containers: [{ name: "c0", image: "img-a" }] }
  if (draw.chance(4)) {
    const resources = { requests: { cpu: "10m", "hugepages-2Mi": "4Mi" }, limits: { "hugepages-2Mi": "4Mi" } }
    return { containers: [{ name: "c0", image: "none", resources }] }
  }
  return {
    containers: draw.many(1 + draw.below(2), (at) => container(draw, `c${at}`)),
    ...(draw.chance(15) ? { initContainers: initContainers(draw) } : {})
  }
}

const metadata = (draw: Draw, features: Features, name: string): Manifest["metadata"] => {
  const namespace = draw.one(["default", "default", "default", "default", "other", "third", "bounded"])
  return {
    name,
    namespace,
    labels: {
      ...(draw.chance(92) ? { app: draw.one(["a", "a", "b", "c"]) } : {}),
      ...(draw.chance(30) ? { tier: draw.one(["web", "db"]) } : {}),
      ...(draw.chance(40) ? { release: draw.one(["1", "2"]) } : {})
    },
    ...(namespace === "default" && draw.chance(25) ? { ownerReferences: ownerOf(draw, features) } : {})
  }
}

/** One pod with some of the features. */
export const drawPod = (draw: Draw, features: Features, index: number): Manifest => {
  const { percent } = features
  const own = metadata(draw, features, `p${index}`)
  const affinity = affinities(draw, features)
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: own,
    spec: {
      terminationGracePeriodSeconds: features.isSlow ? 100_000 : 0,
      ...(containers(draw) as object),
      ...(draw.chance(4) ? { runtimeClassName: "kata" } : {}),
      ...(draw.chance(1) && !features.isSlow ? { schedulingGates: [{ name: "example.com/wait" }] } : {}),
      ...(draw.chance(percent / 2) ? { nodeSelector: { disk: draw.one(["ssd", "hdd"]) } } : {}),
      ...(Object.keys(affinity).length > 0 ? { affinity } : {}),
      ...(draw.chance(60) ? { tolerations: draw.many(1 + draw.below(3), () => toleration(draw)) } : {}),
      ...(draw.chance(percent) ? { topologySpreadConstraints: spread(draw) } : {}),
      ...(features.priorities && draw.chance(85)
        ? { priorityClassName: draw.one(["low", "low", "mid", "mid", "high", "never"]) }
        : {}),
      ...(features.hasVolumes && own.namespace === "default" && draw.chance(40)
        ? {
            volumes: draw.many(draw.one([1, 1, 2, 3]), (at) => ({
              name: `v${at}`,
              persistentVolumeClaim: { claimName: draw.one(claimNames) }
            }))
          }
        : {}),
      schedulerName: draw.one(features.schedulers)
    }
  }
}

/** A pod that is on its node from the start; now and then the node is not there, or the pod is about to leave. */
export const drawPlacedPod = (draw: Draw, features: Features, index: number): Manifest => {
  const isLeaving = draw.chance(8)
  const affinity = affinities(draw, features)
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...metadata(draw, features, `e${index}`),
      ...(isLeaving ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {})
    },
    spec: {
      terminationGracePeriodSeconds: features.isSlow ? 100_000 : 0,
      ...(containers(draw) as object),
      nodeName: `n${draw.below(features.nodes + (draw.chance(3) ? 3 : 0))}`,
      ...(Object.keys(affinity).length > 0 ? { affinity } : {}),
      // Nobody may make a leaving pod leave: it takes its time.
      ...(isLeaving
        ? { priorityClassName: "system-node-critical" }
        : features.priorities
          ? { priorityClassName: draw.one(["low", "mid"]) }
          : {})
    }
  }
}
