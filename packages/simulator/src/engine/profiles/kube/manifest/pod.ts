import type { Owner, PodClass, Toleration } from "../model.ts"
import { selectorOfLabels } from "../selector.ts"
import {
  affinityShape,
  readNodeTerms,
  readPodTerms,
  readPreferredNodeTerms,
  readSpread,
  spreadShape
} from "./affinity.ts"
import { containerShape, hostPortsOf, imagesOf, resourcesOf, volumeShape } from "./contents.ts"
import type { Metadata } from "./metadata.ts"
import { resourcesShape } from "./requests.ts"
import { flag, list, mapOf, oneOf, quantity, type Read, record, text, time, whole } from "./shape.ts"

/** A leave to run beside a taint. */
export const tolerationShape = record(
  {
    key: text,
    operator: oneOf("Exists", "Equal"),
    value: text,
    effect: oneOf("NoSchedule", "PreferNoSchedule", "NoExecute", "")
  },
  { inert: ["tolerationSeconds"] }
)

/** What a pod's specification says about placement. */
export const podSpecShape = record(
  {
    activeDeadlineSeconds: whole(0, Number.MAX_SAFE_INTEGER),
    containers: list(containerShape),
    initContainers: list(containerShape),
    nodeName: text,
    nodeSelector: mapOf(text),
    affinity: affinityShape,
    tolerations: list(tolerationShape),
    topologySpreadConstraints: list(spreadShape),
    priority: whole(-2147483648, 2147483647),
    priorityClassName: text,
    preemptionPolicy: oneOf("Never", "PreemptLowerPriority"),
    schedulerName: text,
    schedulingGates: list(record({ name: text })),
    overhead: mapOf(quantity),
    resources: resourcesShape,
    runtimeClassName: text,
    hostNetwork: flag,
    volumes: list(volumeShape)
  },
  {
    inert: [
      "automountServiceAccountToken",
      "dnsConfig",
      "dnsPolicy",
      "enableServiceLinks",
      "ephemeralContainers",
      "hostAliases",
      "hostIPC",
      "hostPID",
      "hostUsers",
      "hostname",
      "hostnameOverride",
      "imagePullSecrets",
      "os",
      "readinessGates",
      "restartPolicy",
      "securityContext",
      "serviceAccount",
      "serviceAccountName",
      "setHostnameAsFQDN",
      "shareProcessNamespace",
      "subdomain",
      "terminationGracePeriodSeconds"
    ]
  }
)

/** A pod's specification as read. */
export type PodSpec = Read<typeof podSpecShape>
/** A priority class, as far as pods need it. */
export interface PriorityClass {
  readonly value: number
  readonly preempts: boolean
  readonly isDefault: boolean
}

const tolerationsOf = (spec: PodSpec): ReadonlyArray<Toleration> => {
  const tolerations = (spec.tolerations ?? []).map(
    (one): Toleration => ({
      key: one.key ?? "",
      operator: one.operator ?? "Equal",
      value: one.value ?? "",
      effect: one.effect ?? ""
    })
  )
  const added = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].filter(
    (key) =>
      !tolerations.some(
        (one) => (one.key === key || one.key === "") && (one.effect === "NoExecute" || one.effect === "")
      )
  )
  return [
    ...tolerations,
    ...added.map((key): Toleration => ({ key, operator: "Exists", value: "", effect: "NoExecute" }))
  ]
}

const systemClasses: ReadonlyMap<string, PriorityClass> = new Map([
  ["system-cluster-critical", { value: 2000000000, preempts: true, isDefault: false }],
  ["system-node-critical", { value: 2000001000, preempts: true, isDefault: false }]
])

/** The class a specification names, or the default one; undefined where the name is unknown. */
export const priorityClassOf = (
  spec: PodSpec,
  classes: ReadonlyMap<string, PriorityClass>
): PriorityClass | undefined => {
  const name = spec.priorityClassName
  if (name !== undefined && name !== "") return classes.get(name) ?? systemClasses.get(name)
  const defaults = [...classes.values()].filter((one) => one.isDefault).sort((a, b) => a.value - b.value)
  return defaults[0] ?? { value: 0, preempts: true, isDefault: true }
}

/** The controllers whose pods are spread by default. */
const spreading: ReadonlyMap<string, string> = new Map([
  ["ReplicaSet", "apps/v1"],
  ["ReplicationController", "v1"],
  ["StatefulSet", "apps/v1"]
])

const ownerOf = (metadata: Metadata): Owner | undefined => {
  const owner = metadata.ownerReferences?.find((one) => one.controller === true)
  const spreads = owner !== undefined && (owner.apiVersion ?? spreading.get(owner.kind)) === spreading.get(owner.kind)
  return spreads && spreading.has(owner.kind) ? { kind: owner.kind, name: owner.name } : undefined
}

/** A specification and its metadata as the class that equal pods share, without its number. */
export const readPodClass = (metadata: Metadata, spec: PodSpec, priorityClass: PriorityClass): Omit<PodClass, "id"> => {
  const labels = metadata.labels ?? new Map<string, string>()
  const namespace = metadata.namespace ?? "default"
  const near = readPodTerms(spec.affinity?.podAffinity, labels, namespace)
  const far = readPodTerms(spec.affinity?.podAntiAffinity, labels, namespace)
  return {
    namespace,
    labels,
    ...resourcesOf(spec),
    nodeSelector: spec.nodeSelector && selectorOfLabels(spec.nodeSelector),
    nodeTerms: readNodeTerms(spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredNodeTerms: readPreferredNodeTerms(spec.affinity?.nodeAffinity),
    tolerations: tolerationsOf(spec),
    affinity: near.required,
    antiAffinity: far.required,
    preferredAffinity: near.preferred,
    preferredAntiAffinity: far.preferred,
    spread: (spec.topologySpreadConstraints ?? []).map((one) => readSpread(one, labels)),
    owner: ownerOf(metadata),
    images: imagesOf(spec),
    containerCount: (spec.containers?.length ?? 0) + (spec.initContainers?.length ?? 0),
    hostPorts: hostPortsOf(spec),
    claims: (spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []),
    priority: spec.priority ?? priorityClass.value,
    preempts: (spec.preemptionPolicy ?? (priorityClass.preempts ? "" : "Never")) !== "Never",
    terminating: metadata.deletionTimestamp !== undefined,
    gated: (spec.schedulingGates?.length ?? 0) > 0,
    schedulerName: spec.schedulerName ?? "default-scheduler"
  }
}

/** A pod's status, as far as it counts. */
export const podStatusShape = record(
  {
    startTime: time,
    phase: text,
    nominatedNodeName: text,
    conditions: list(
      record(
        { type: text, status: text, reason: text },
        { inert: ["lastProbeTime", "lastTransitionTime", "message", "observedGeneration"] }
      )
    )
  },
  {
    inert: [
      "allocatedResources",
      "containerStatuses",
      "ephemeralContainerStatuses",
      "hostIP",
      "hostIPs",
      "initContainerStatuses",
      "message",
      "observedGeneration",
      "podIP",
      "podIPs",
      "qosClass",
      "reason",
      "resize",
      "resources"
    ]
  }
)
