import type { HostPort, Owner, PodClass, Toleration } from "../model.ts"
import { selectorOfLabels } from "../selector.ts"
import {
  affinityShape,
  readNodeTerms,
  readPodTerms,
  readPreferredNodeTerms,
  readSpread,
  spreadShape
} from "./affinity.ts"
import type { Metadata } from "./metadata.ts"
import {
  amountsOf,
  podLevelRequests,
  requestsOf,
  resourcesShape,
  smallRequest,
  sumContainers,
  wholePod
} from "./requests.ts"
import { flag, list, mapOf, oneOf, quantity, type Read, record, type Shape, text, time, whole } from "./shape.ts"

const portShape = record(
  { containerPort: whole(1, 65535), hostPort: whole(0, 65535), hostIP: text, protocol: oneOf("TCP", "UDP", "SCTP") },
  { inert: ["name"] }
)

const containerShape = record(
  { name: text, image: text, resources: resourcesShape, ports: list(portShape), restartPolicy: text },
  {
    inert: [
      "args",
      "command",
      "env",
      "envFrom",
      "imagePullPolicy",
      "lifecycle",
      "livenessProbe",
      "readinessProbe",
      "resizePolicy",
      "restartPolicyRules",
      "securityContext",
      "startupProbe",
      "stdin",
      "stdinOnce",
      "terminationMessagePath",
      "terminationMessagePolicy",
      "tty",
      "volumeDevices",
      "volumeMounts",
      "workingDir"
    ]
  }
)

const volumeShape = record(
  {
    persistentVolumeClaim: record({ claimName: text }, { required: ["claimName"], inert: ["readOnly"] }),
    image: record({ reference: text }, { inert: ["pullPolicy"] })
  },
  { inert: ["name", "emptyDir", "configMap", "secret", "projected", "downwardAPI", "hostPath", "nfs"] }
)

const tolerationShape = record(
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
    hostNetwork: flag,
    volumes: list(volumeShape)
  },
  {
    inert: [
      "activeDeadlineSeconds",
      "automountServiceAccountToken",
      "dnsConfig",
      "dnsPolicy",
      "enableServiceLinks",
      "hostAliases",
      "hostIPC",
      "hostPID",
      "hostUsers",
      "hostname",
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
type Container = Read<typeof containerShape>

/** A priority class, as far as pods need it. */
export interface PriorityClass {
  readonly value: number
  readonly preempts: boolean
  readonly isDefault: boolean
}

const isSidecar = (container: Container): boolean => container.restartPolicy === "Always"

const resourcesOf = (spec: PodSpec): Pick<PodClass, "request" | "nonZeroCpuMilli" | "nonZeroMemoryBytes"> => {
  const containers = (spec.containers ?? []).map((one) => ({ requests: requestsOf(one.resources), sidecar: false }))
  const starting = (spec.initContainers ?? []).map((one) => ({
    requests: requestsOf(one.resources),
    sidecar: isSidecar(one)
  }))
  const needed = sumContainers(containers, starting)
  const own = podLevelRequests(spec.resources, needed)
  const overhead = spec.overhead ?? new Map<string, bigint>()
  const nonZero = amountsOf(wholePod(sumContainers(containers, starting, smallRequest), own, overhead))
  return {
    request: amountsOf(wholePod(needed, own, overhead)),
    nonZeroCpuMilli: nonZero.cpuMilli,
    nonZeroMemoryBytes: nonZero.memoryBytes
  }
}

const hostPortsOf = (spec: PodSpec): ReadonlyArray<HostPort> =>
  [...(spec.initContainers ?? []).filter(isSidecar), ...(spec.containers ?? [])].flatMap((container) =>
    (container.ports ?? []).flatMap((port) => {
      const taken = port.hostPort || (spec.hostNetwork === true ? (port.containerPort ?? 0) : 0)
      return taken > 0 ? [{ ip: port.hostIP || "0.0.0.0", protocol: port.protocol ?? "TCP", port: taken }] : []
    })
  )

/** An image's name with the tag that is meant when none is written. */
const normalImage = (name: string): string => (name.lastIndexOf(":") <= name.lastIndexOf("/") ? `${name}:latest` : name)

/** Images are looked up in this order: init containers, containers, image volumes. */
const imagesOf = (spec: PodSpec): ReadonlyArray<string> =>
  [
    ...[...(spec.initContainers ?? []), ...(spec.containers ?? [])].map((container) => container.image ?? ""),
    ...(spec.volumes ?? []).flatMap((volume) => volume.image?.reference ?? [])
  ].map(normalImage)

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

const ownerOf = (metadata: Metadata): Owner | undefined => {
  const owner = metadata.ownerReferences?.find((one) => one.controller === true)
  return owner && { kind: owner.kind, name: owner.name }
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

/** A pod's status, of which only its start counts. */
export const podStatusShape: Shape<{ readonly startTime?: number | undefined; readonly phase?: string | undefined }> =
  record(
    { startTime: time, phase: text },
    {
      inert: [
        "conditions",
        "containerStatuses",
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
