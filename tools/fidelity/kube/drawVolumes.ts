import type { Draw } from "./Draw.ts"
import type { Manifest } from "./drawCase.ts"

/** The claims that pods may name; the last one does not exist. */
export const claimNames = [
  ...["claim0", "claim1", "claim2", "claim3", "claim4", "local0", "local1", "local2"],
  ...["csi0", "csi1", "csi2", "csi3", "csi4", "csi5"],
  "absent"
]

const accessModesOf = (draw: Draw) => [draw.one(["ReadWriteOnce", "ReadWriteOnce", "ReadWriteOncePod"])]

const nodeAffinity = (key: string, values: ReadonlyArray<string>) => ({
  nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: "In", values }] }] } }
})

const volume = (draw: Draw, index: number): Manifest => {
  const key = draw.one(["topology.kubernetes.io/zone", "disk"])
  const values = key === "disk" ? ["ssd"] : [draw.one(["z1", "z2"])]
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name: `volume${index}`,
      labels: draw.chance(50) ? { "topology.kubernetes.io/zone": draw.one(["z1", "z2", "z1__z3"]) } : {}
    },
    spec: {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      hostPath: { path: "/tmp/none" },
      ...(draw.chance(50) ? nodeAffinity(key, values) : {})
    }
  }
}

/** A claim that is bound: to a volume that is there or, the fourth, to none. The fifth is not bound at all. */
const claim = (draw: Draw, index: number): Manifest => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: {
    name: `claim${index}`,
    namespace: "default",
    annotations: index < 4 ? { "pv.kubernetes.io/bind-completed": "yes" } : {}
  },
  spec: {
    accessModes: accessModesOf(draw),
    resources: { requests: { storage: "1Gi" } },
    storageClassName: "",
    ...(index < 4 ? { volumeName: index < 3 ? `volume${index}` : "gone" } : {})
  }
})

/** The class of volumes that are there and wait for their first pod. */
export const localClass: Manifest = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "local" },
  provisioner: "kubernetes.io/no-provisioner",
  volumeBindingMode: "WaitForFirstConsumer"
}

/** All sizes differ: of two alike, the real scheduler takes either. */
const localVolume = (draw: Draw, nodes: number, index: number): Manifest => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: `local-volume${index}`, labels: draw.chance(50) ? { speed: "high" } : {} },
  spec: {
    capacity: { storage: `${1 + index + 2 * draw.below(3)}.${index}Gi` },
    accessModes: draw.one([["ReadWriteOnce", "ReadOnlyMany"], ["ReadWriteOnce"], ["ReadWriteOncePod"]]),
    storageClassName: "local",
    local: { path: "/mnt" },
    ...nodeAffinity("kubernetes.io/hostname", [`n${draw.below(nodes)}`, `n${draw.below(nodes)}`])
  },
  status: { phase: draw.chance(90) ? "Available" : "Released" }
})

const localClaim = (draw: Draw, index: number): Manifest => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: `local${index}`, namespace: "default" },
  spec: {
    accessModes: accessModesOf(draw),
    resources: { requests: { storage: draw.one(["1Gi", "2Gi", "3Gi"]) } },
    storageClassName: "local",
    ...(draw.chance(30) ? { selector: { matchLabels: { speed: "high" } } } : {})
  }
})

const drivers = ["csi.example.com", "disks.example.com"]

/** Volumes that a driver attaches, two of them the same at times, or one of a kind that was built in once. */
const attachedVolume = (draw: Draw, index: number): Manifest => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: `csi-volume${index}` },
  spec: {
    capacity: { storage: "1Gi" },
    accessModes: ["ReadWriteOnce"],
    ...(draw.chance(80)
      ? { csi: { driver: draw.one(drivers), volumeHandle: `handle${draw.chance(20) ? 0 : index}` } }
      : { awsElasticBlockStore: { volumeID: `vol-${index}` } })
  }
})

const attachedClaim = (draw: Draw, index: number): Manifest => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: {
    name: `csi${index}`,
    namespace: "default",
    annotations: { "pv.kubernetes.io/bind-completed": "yes" }
  },
  spec: {
    accessModes: accessModesOf(draw),
    resources: { requests: { storage: "1Gi" } },
    storageClassName: draw.one(["", "made"]),
    volumeName: `csi-volume${index}`
  }
})

/** How many volumes a node takes. */
const csiNode = (draw: Draw, index: number): Manifest => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "CSINode",
  metadata: { name: `n${index}` },
  spec: {
    drivers: draw.some(70, [...drivers, "ebs.csi.aws.com"]).map((name) => ({
      name,
      nodeID: `n${index}`,
      topologyKeys: [],
      ...(draw.chance(85) ? { allocatable: { count: draw.below(3) } } : {})
    }))
  }
})

/** Volumes that a node has attached, whether pods use them or not. */
const attachment = (draw: Draw, nodes: number, index: number): Manifest => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "VolumeAttachment",
  metadata: { name: `attachment${index}` },
  spec: {
    attacher: draw.one(drivers),
    nodeName: `n${draw.below(nodes)}`,
    source: { persistentVolumeName: `csi-volume${draw.below(7)}` }
  }
})

const attached = (draw: Draw, nodes: number): ReadonlyArray<Manifest> => [
  ...draw.many(6, (index) => attachedVolume(draw, index)),
  ...draw.many(6, (index) => attachedClaim(draw, index)),
  ...draw.many(nodes, (index) => (draw.chance(60) ? [csiNode(draw, index)] : [])).flat(),
  ...draw.many(draw.below(4), (index) => attachment(draw, nodes, index))
]

/** Volumes and the claims on them. */
export const drawVolumes = (draw: Draw, nodes: number): ReadonlyArray<Manifest> => [
  ...draw.many(3, (index) => volume(draw, index)),
  ...draw.many(5, (index) => claim(draw, index)),
  ...draw.many(4, (index) => localVolume(draw, nodes, index)),
  ...draw.many(3, (index) => localClaim(draw, index)),
  ...attached(draw, nodes)
]
