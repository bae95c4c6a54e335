import { readProfiles } from "../configuration.ts"
import { attachmentShape, csiNodeShape } from "./attach.ts"
import type { Cluster } from "./Cluster.ts"
import type { Place } from "./Faults.ts"
import { namespaceOf, readSelector } from "./metadata.ts"
import { nodeShape, readNode } from "./node.ts"
import * as objects from "./objects.ts"
import { quotaShape } from "./Quotas.ts"
import { claimShape, storageClassShape, volumeShape } from "./Storage.ts"
import type { At, Read, Shape } from "./shape.ts"
import { addedLabels } from "./sources.ts"
import { type Workload, type WorkloadKind, workloadShapes } from "./workload.ts"

/** A kind of object: whose it is, and how its objects join the cluster. */
export interface Kind {
  /** The group of its API, empty for the core. */
  readonly group: string
  readonly isNamed: boolean
  readonly isNamespaced: boolean
  readonly read: (cluster: Cluster, place: Place, at: At) => void
}

const local = <T>(
  group: string,
  shape: Shape<T>,
  join: (cluster: Cluster, read: T, place: Place) => void,
  isNamespaced = true
): Kind => ({
  group,
  isNamed: true,
  isNamespaced,
  read: (cluster, place, at) => {
    const read = shape(place.value, at)
    if (read !== undefined) join(cluster, read, place)
  }
})

const global = <T>(group: string, shape: Shape<T>, join: (cluster: Cluster, read: T) => void): Kind =>
  local(group, shape, join, false)

const addPod = (cluster: Cluster, { metadata, spec, status }: Read<typeof objects.podShape>, place: Place): void => {
  if (status?.phase === "Succeeded" || status?.phase === "Failed") return
  cluster.podSources.push({
    place,
    pod: { name: metadata.name ?? "", metadata, spec, status }
  })
}

const addWorkload = (cluster: Cluster, workload: Workload, place: Place): void => {
  const { metadata, spec } = workload
  const labels = new Map([...(spec.template.metadata?.labels ?? [])])
  const selector = readSelector(spec.selector ?? { matchLabels: labels }) ?? []
  const revision = workload.kind === "Deployment" ? (readSelector({ matchLabels: addedLabels(workload) }) ?? []) : []
  cluster.controllers.push({
    kind: workload.kind === "Deployment" ? "ReplicaSet" : workload.kind,
    namespace: namespaceOf(metadata),
    name: metadata.name ?? "",
    selector: [...selector, ...revision]
  })
  cluster.podSources.push({ place, workload })
}

const workload = (group: string, name: WorkloadKind): readonly [string, Kind] => [
  name,
  local(group, workloadShapes[name], (cluster, read, place) => addWorkload(cluster, { ...read, kind: name }, place))
]

const configuration: Kind = {
  group: "kubescheduler.config.k8s.io",
  isNamed: false,
  isNamespaced: false,
  read: (cluster, { value }, at) => {
    cluster.profiles = readProfiles(value, at)
  }
}

/** Every kind that has a say in placement. */
export const kinds: ReadonlyMap<string, Kind> = new Map([
  ["CSINode", global("storage.k8s.io", csiNodeShape, (cluster, read) => cluster.storage.addCsiNode(read))],
  ["KubeSchedulerConfiguration", configuration],
  ["LimitRange", local("", objects.limitRangeShape, (cluster, read) => cluster.admission.addLimitRange(read))],
  [
    "Namespace",
    global("", objects.namespaceShape, (cluster, { metadata }) =>
      cluster.addNamespace(metadata.name ?? "", metadata.labels ?? new Map())
    )
  ],
  ["Node", global("", nodeShape, (cluster, read) => void cluster.nodes.push(readNode(read)))],
  ["PersistentVolume", global("", volumeShape, (cluster, read) => cluster.storage.addVolume(read))],
  ["PersistentVolumeClaim", local("", claimShape, (cluster, read) => cluster.storage.addClaim(read))],
  ["Pod", local("", objects.podShape, addPod)],
  [
    "PodDisruptionBudget",
    local("policy", objects.budgetShape, (cluster, { metadata, spec, status }) => {
      cluster.budgets.push({
        namespace: namespaceOf(metadata),
        selector: readSelector(spec?.selector),
        disruptionsAllowed: status?.disruptionsAllowed ?? 0,
        disruptedPods: new Set(status?.disruptedPods?.keys() ?? [])
      })
    })
  ],
  [
    "PriorityClass",
    global("scheduling.k8s.io", objects.priorityClassShape, (cluster, read) => {
      cluster.priorities.set(read.metadata.name ?? "", {
        value: read.value ?? 0,
        preempts: read.preemptionPolicy !== "Never",
        isDefault: read.globalDefault ?? false
      })
    })
  ],
  ["ResourceQuota", local("", quotaShape, (cluster, read) => cluster.quotas.add(read))],
  [
    "RuntimeClass",
    global("node.k8s.io", objects.runtimeClassShape, (cluster, read) => cluster.admission.addRuntimeClass(read))
  ],
  [
    "Service",
    local("", objects.serviceShape, (cluster, { metadata, spec }) => {
      if (spec?.selector !== undefined && spec.selector.size > 0)
        cluster.services.push({ namespace: namespaceOf(metadata), selector: spec.selector })
    })
  ],
  ["StorageClass", global("storage.k8s.io", storageClassShape, (cluster, read) => cluster.storage.addClass(read))],
  [
    "VolumeAttachment",
    global("storage.k8s.io", attachmentShape, (cluster, read) => cluster.storage.addAttachment(read))
  ],
  workload("apps", "Deployment"),
  workload("apps", "ReplicaSet"),
  workload("", "ReplicationController"),
  workload("apps", "StatefulSet"),
  workload("apps", "DaemonSet"),
  workload("batch", "Job")
])
