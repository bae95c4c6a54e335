import { at, type JsonObject, listAt, textAt } from "./Json.ts"
import { annotationKeys } from "./names.ts"

/** Storage that outlives pods: a claim, and where it appears in them. */
export interface Volume {
  readonly name: string
  /** Left out, the claim is there already. */
  readonly size?: string
  /** Left out, `/ktfs/NAME`. */
  readonly mountPath?: string
  readonly accessMode?: "ReadWriteOnce" | "ReadOnlyMany" | "ReadWriteMany" | "ReadWriteOncePod"
  readonly storageClass?: string
}

/** Where a volume appears. */
export const mountPathOf = ({ mountPath, name }: Volume): string => mountPath ?? `/ktfs/${name}`

/** The claim to make where it is not there; undefined for a volume that must be there already. */
export const claimOf = (volume: Volume, namespace: string): JsonObject | undefined =>
  volume.size === undefined
    ? undefined
    : {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: {
          name: volume.name,
          namespace,
          labels: { app: "kubetorch", "kubetorch.com/volume": volume.name },
          annotations: { [annotationKeys.mountPath]: mountPathOf(volume) }
        },
        spec: {
          accessModes: [volume.accessMode ?? "ReadWriteOnce"],
          resources: { requests: { storage: volume.size } },
          ...(volume.storageClass === undefined ? {} : { storageClassName: volume.storageClass })
        }
      }

/** A volume by the claim that is in the cluster: it says itself where it is to be mounted. */
const fromClaim = (claim: JsonObject): Volume | undefined => {
  const name = textAt(claim, ["metadata", "name"])
  const mountPath = textAt(claim, ["metadata", "annotations", annotationKeys.mountPath])
  const storageClass = textAt(claim, ["spec", "storageClassName"])
  if (at(claim, ["kind"]) !== "PersistentVolumeClaim" || name === undefined) return undefined
  const [mode] = listAt(claim, ["spec", "accessModes"])
  return {
    name,
    ...(mountPath === undefined ? {} : { mountPath }),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(isAccessMode(mode) ? { accessMode: mode } : {})
  }
}

/** The ways a volume may be shared. */
export const accessModes = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"] as const
const isAccessMode = (mode: unknown): mode is (typeof accessModes)[number] =>
  accessModes.some((known) => known === mode)

/** Volumes that are to exist already. */
export const Volume = {
  fromName: (name: string, options: Pick<Volume, "mountPath"> = {}): Volume => ({ name, ...options }),
  fromClaim
}

const sharedProvisioners: ReadonlyArray<string> = ["csi.juicefs.com", "nfs.csi.k8s.io", "cephfs.csi.ceph.com"]

/** The class of storage that many nodes may write at once, out of those a cluster has; undefined where it has none. */
export const sharedStorageClass = (classes: ReadonlyArray<JsonObject>): string | undefined =>
  classes
    .filter((one) => sharedProvisioners.includes(textAt(one, ["provisioner"]) ?? ""))
    .flatMap((one) => textAt(one, ["metadata", "name"]) ?? [])
    .toSorted()[0]
