import type { KubeClaim, KubeVolume, VolumeAttachment } from "../model.ts"
import { nodeSelectorShape, readNodeTerms } from "./affinity.ts"
import { type attachmentShape, type csiNodeShape, driverOf, sourceOf, sourceShapes } from "./attach.ts"
import { type Metadata, metadataShape, namespaceOf, readSelector, selectorShape } from "./metadata.ts"
import { divideUp } from "./quantity.ts"
import { list, mapOf, oneOf, quantity, type Read, record, text } from "./shape.ts"

const head = ["apiVersion", "kind"]
/** What volumes are made of; those that live in one zone say so in their labels and their node affinity. */
const volumeSources = [
  "azureFile",
  "cephfs",
  "fc",
  "flexVolume",
  "flocker",
  "glusterfs",
  "hostPath",
  "iscsi",
  "local",
  "nfs",
  "photonPersistentDisk",
  "quobyte",
  "rbd",
  "scaleIO",
  "storageos",
  "vsphereVolume"
]

const modeShape = oneOf("Filesystem", "Block")

/** A volume of the cluster. */
export const volumeShape = record(
  {
    metadata: metadataShape,
    spec: record(
      {
        nodeAffinity: record({ required: nodeSelectorShape }),
        accessModes: list(text),
        capacity: mapOf(quantity),
        claimRef: record({ namespace: text, name: text }, { inert: [...head, "fieldPath", "resourceVersion", "uid"] }),
        storageClassName: text,
        volumeMode: modeShape,
        ...sourceShapes
      },
      { inert: [...volumeSources, "mountOptions", "persistentVolumeReclaimPolicy", "volumeAttributesClassName"] }
    ),
    status: record({ phase: text }, { inert: ["lastPhaseTransitionTime", "message", "reason"] })
  },
  { required: ["metadata"], inert: head }
)

/** What a claim asks for. */
export const claimSpecShape = record(
  {
    volumeName: text,
    storageClassName: text,
    accessModes: list(text),
    resources: record({ requests: mapOf(quantity) }, { inert: ["limits"] }),
    selector: selectorShape,
    volumeMode: modeShape
  },
  { inert: ["dataSource", "dataSourceRef", "volumeAttributesClassName"] }
)

/** A claim on a volume. */
export const claimShape = record(
  {
    metadata: metadataShape,
    spec: claimSpecShape,
    status: record(
      { phase: text },
      {
        inert: [
          "accessModes",
          "allocatedResourceStatuses",
          "allocatedResources",
          "capacity",
          "conditions",
          "currentVolumeAttributesClassName",
          "modifyVolumeStatus"
        ]
      }
    )
  },
  { required: ["metadata"], inert: head }
)

const topologyTermShape = record({
  matchLabelExpressions: list(record({ key: text, values: list(text) }, { required: ["key"] }))
})

/** A storage class: when it binds, and where it can make volumes. */
export const storageClassShape = record(
  {
    metadata: metadataShape,
    volumeBindingMode: oneOf("Immediate", "WaitForFirstConsumer"),
    provisioner: text,
    allowedTopologies: list(topologyTermShape)
  },
  { required: ["metadata"], inert: [...head, "parameters", "reclaimPolicy", "mountOptions", "allowVolumeExpansion"] }
)

type Class = Read<typeof storageClassShape>
type Claim = Read<typeof claimShape>

const isDefault = ({ annotations }: Metadata): boolean =>
  annotations?.get("storageclass.kubernetes.io/is-default-class") === "true"

const bytesOf = (quantities: ReadonlyMap<string, bigint> | undefined): number =>
  Number(divideUp(quantities?.get("storage") ?? 0n, 1000n))

/** Volumes, the claims on them, and the classes that make them. */
export class Storage {
  readonly volumes: Array<KubeVolume> = []
  readonly attachLimits = new Map<string, ReadonlyMap<string, number>>()
  readonly attachments: Array<VolumeAttachment> = []
  readonly #claims = new Map<string, Claim>()
  readonly #classes = new Map<string, Class>()

  /** A volume. */
  addVolume({ metadata, spec, status }: Read<typeof volumeShape>): void {
    const { claimRef } = spec ?? {}
    this.volumes.push({
      name: metadata.name ?? "",
      labels: metadata.labels ?? new Map(),
      nodeTerms: readNodeTerms(spec?.nodeAffinity?.required),
      className: spec?.storageClassName ?? "",
      sizeBytes: bytesOf(spec?.capacity),
      accessModes: spec?.accessModes ?? [],
      mode: spec?.volumeMode ?? "Filesystem",
      claim: claimRef && `${claimRef.namespace ?? "default"}/${claimRef.name ?? ""}`,
      isAvailable: metadata.deletionTimestamp === undefined && (status?.phase ?? "Available") === "Available",
      source: sourceOf(spec)
    })
  }

  /** The limits of a node. */
  addCsiNode({ metadata, spec }: Read<typeof csiNodeShape>): void {
    const limits = (spec?.drivers ?? []).flatMap(({ name, allocatable }) =>
      allocatable?.count === undefined ? [] : [[name, allocatable.count] as const]
    )
    this.attachLimits.set(metadata.name ?? "", new Map(limits))
  }

  /** A volume is attached to a node. */
  addAttachment({ spec }: Read<typeof attachmentShape>): void {
    const { attacher, nodeName: node, source } = spec
    const volume = source?.persistentVolumeName
    if (volume !== undefined && attacher) this.attachments.push({ node, volume, attacher })
  }

  /** A claim. */
  addClaim(claim: Claim): void {
    this.#claims.set(`${namespaceOf(claim.metadata)}/${claim.metadata.name}`, claim)
  }

  /** The metadata of a claim that is there. */
  metadataOf(namespace: string, name: string): Metadata | undefined {
    return this.#claims.get(`${namespace}/${name}`)?.metadata
  }

  /** A storage class. */
  addClass(read: Class): void {
    this.#classes.set(read.metadata.name ?? "", read)
  }

  /** Claims as the scheduler sees them, once all classes are known. */
  claims(): ReadonlyArray<KubeClaim> {
    const usual = [...this.#classes.values()]
      .filter(({ metadata }) => isDefault(metadata))
      .map(({ metadata }) => metadata.name ?? "")
      .sort()[0]
    const volumes = new Set(this.volumes.map((one) => one.name))
    return [...this.#claims.values()].map((claim) => this.#claim(claim, usual, volumes))
  }

  #claim({ metadata, spec, status }: Claim, usual: string | undefined, volumes: ReadonlySet<string>): KubeClaim {
    const className = spec?.storageClassName ?? usual ?? ""
    const found = this.#classes.get(className)
    const named = spec?.volumeName || undefined
    // Whoever names a volume that is there is bound to it a moment later, even where nothing says so yet.
    const isBound = metadata.annotations?.has("pv.kubernetes.io/bind-completed") === true || volumes.has(named ?? "")
    return {
      namespace: namespaceOf(metadata),
      name: metadata.name ?? "",
      volumeName: isBound ? named : undefined,
      className,
      sizeBytes: bytesOf(spec?.resources?.requests),
      accessModes: spec?.accessModes ?? [],
      mode: spec?.volumeMode ?? "Filesystem",
      selector: spec?.selector && readSelector(spec.selector),
      waitsForPod: named === undefined && found?.volumeBindingMode === "WaitForFirstConsumer",
      driver: found?.provisioner && driverOf(found.provisioner),
      isProvisioned: ![undefined, "", "kubernetes.io/no-provisioner"].includes(found?.provisioner),
      topologies: (found?.allowedTopologies ?? []).map((term) =>
        (term.matchLabelExpressions ?? []).map(({ key, values }) => ({ key, operator: "In", values: values ?? [] }))
      ),
      selectedNode: metadata.annotations?.get("volume.kubernetes.io/selected-node"),
      isLost: status?.phase === "Lost",
      isLeaving: metadata.deletionTimestamp !== undefined
    }
  }
}
