import type { Draw } from "./Draw.ts"
import type { Manifest } from "./drawCase.ts"

/** The claims that pods may name; the last one does not exist. */
export const claimNames = ["claim0", "claim1", "claim2", "claim3", "claim4", "absent"]

const size = { storage: "1Gi" }
const accessModes = ["ReadWriteOnce"]

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
      capacity: size,
      accessModes,
      hostPath: { path: "/tmp/none" },
      ...(draw.chance(50)
        ? {
            nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: "In", values }] }] } }
          }
        : {})
    }
  }
}

/** Claims: three bound, one bound to nothing, one not bound at all. */
const claim = (index: number): Manifest => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: {
    name: `claim${index}`,
    namespace: "default",
    annotations: index < 4 ? { "pv.kubernetes.io/bind-completed": "yes" } : {}
  },
  spec: {
    accessModes,
    resources: { requests: size },
    storageClassName: "",
    ...(index < 4 ? { volumeName: index < 3 ? `volume${index}` : "gone" } : {})
  }
})

/** Volumes and the claims on them. */
export const drawVolumes = (draw: Draw): ReadonlyArray<Manifest> => [
  ...draw.many(3, (index) => volume(draw, index)),
  ...draw.many(5, claim)
]
