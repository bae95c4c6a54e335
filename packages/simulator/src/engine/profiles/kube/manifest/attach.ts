import type { VolumeSource } from "../model.ts"
import { metadataShape } from "./metadata.ts"
import { list, mapOf, type Read, record, text, whole } from "./shape.ts"

const head = ["apiVersion", "kind"]
const csiShape = record(
  { driver: text, volumeHandle: text },
  {
    required: ["driver", "volumeHandle"],
    inert: [
      "controllerExpandSecretRef",
      "controllerPublishSecretRef",
      "fsType",
      "nodeExpandSecretRef",
      "nodePublishSecretRef",
      "nodeStageSecretRef",
      "readOnly",
      "volumeAttributes"
    ]
  }
)

/** Kinds of volumes that were built in once: who makes them, which driver has taken over, and which field names the volume. */
const moved = [
  { kind: "awsElasticBlockStore", provisioner: "kubernetes.io/aws-ebs", driver: "ebs.csi.aws.com", handle: "volumeID" },
  { kind: "azureDisk", provisioner: "kubernetes.io/azure-disk", driver: "disk.csi.azure.com", handle: "diskURI" },
  { kind: "cinder", provisioner: "kubernetes.io/cinder", driver: "cinder.csi.openstack.org", handle: "volumeID" },
  { kind: "gcePersistentDisk", provisioner: "kubernetes.io/gce-pd", driver: "pd.csi.storage.gke.io", handle: "pdName" },
  {
    kind: "portworxVolume",
    provisioner: "kubernetes.io/portworx-volume",
    driver: "pxd.portworx.com",
    handle: "volumeID"
  }
] as const

/** Who makes the volumes of a class. */
export const driverOf = (provisioner: string): string =>
  moved.find((one) => one.provisioner === provisioner)?.driver ?? provisioner

const movedShape = mapOf((value: unknown): unknown => value)
/** The fields of a volume that say which driver attaches it. */
export const sourceShapes = {
  csi: csiShape,
  awsElasticBlockStore: movedShape,
  azureDisk: movedShape,
  cinder: movedShape,
  gcePersistentDisk: movedShape,
  portworxVolume: movedShape
}

type Sources = { readonly [K in keyof typeof sourceShapes]?: Read<(typeof sourceShapes)[K]> | undefined }

/** The volume as its driver knows it. */
export const sourceOf = (spec: Sources | undefined): VolumeSource | undefined => {
  if (spec?.csi !== undefined) return { driver: spec.csi.driver, handle: spec.csi.volumeHandle, isMoved: false }
  const old = moved.find(({ kind }) => spec?.[kind] !== undefined)
  return old && { driver: old.driver, handle: String(spec?.[old.kind]?.get(old.handle)), isMoved: true }
}

/** How many volumes of each driver a node takes. */
export const csiNodeShape = record(
  {
    metadata: metadataShape,
    spec: record({
      drivers: list(
        record(
          { name: text, allocatable: record({ count: whole(0, 2147483647) }) },
          { required: ["name"], inert: ["nodeID", "topologyKeys"] }
        )
      )
    })
  },
  { required: ["metadata"], inert: head }
)

/** That a volume is attached to a node. */
export const attachmentShape = record(
  {
    metadata: metadataShape,
    spec: record(
      {
        attacher: text,
        nodeName: text,
        source: record({ persistentVolumeName: text }, { inert: ["inlineVolumeSpec"] })
      },
      { required: ["nodeName"] }
    )
  },
  { required: ["metadata", "spec"], inert: [...head, "status"] }
)
