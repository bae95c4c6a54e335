import type { HostPort, PodClass } from "../model.ts"
import { metadataShape } from "./metadata.ts"
import {
  amountsOf,
  isPodLevel,
  podLevelRequests,
  type Quantities,
  requestsOf,
  resourcesShape,
  smallRequest,
  sumContainers,
  wholePod
} from "./requests.ts"
import { claimSpecShape } from "./Storage.ts"
import { list, oneOf, type Read, record, text, whole } from "./shape.ts"

const portShape = record(
  { containerPort: whole(1, 65535), hostPort: whole(0, 65535), hostIP: text, protocol: oneOf("TCP", "UDP", "SCTP") },
  { inert: ["name"] }
)

/** A container as written in manifests. */
export const containerShape = record(
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

/** Volumes that any node can mount, as often as asked. */
const idleVolumes = [
  "azureFile",
  "cephfs",
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "fc",
  "flexVolume",
  "flocker",
  "gitRepo",
  "glusterfs",
  "hostPath",
  "nfs",
  "photonPersistentDisk",
  "projected",
  "quobyte",
  "scaleIO",
  "secret",
  "storageos",
  "vsphereVolume"
]

/** A volume of a pod. */
export const volumeShape = record(
  {
    persistentVolumeClaim: record({ claimName: text }, { required: ["claimName"], inert: ["readOnly"] }),
    ephemeral: record(
      { volumeClaimTemplate: record({ metadata: metadataShape, spec: claimSpecShape }, { required: ["spec"] }) },
      { required: ["volumeClaimTemplate"] }
    ),
    image: record({ reference: text }, { inert: ["pullPolicy"] }),
    name: text
  },
  { inert: idleVolumes }
)

/** What a pod runs and mounts. */
export interface Contents {
  readonly containers?: Containers | undefined
  readonly initContainers?: Containers | undefined
  readonly volumes?: ReadonlyArray<Read<typeof volumeShape>> | undefined
  readonly resources?: Read<typeof resourcesShape> | undefined
  readonly overhead?: Quantities | undefined
  readonly hostNetwork?: boolean | undefined
}
type Container = Read<typeof containerShape>
type Containers = ReadonlyArray<Container>

type NonZero = "nonZeroCpuMilli" | "nonZeroMemoryBytes" | "scoredCpuMilli" | "scoredMemoryBytes"
const none: Quantities = new Map()

const missingIn = (some: Quantities, there: Quantities): Quantities =>
  new Map([...some].filter(([name]) => !there.has(name)))

const isSidecar = (container: Container): boolean => container.restartPolicy === "Always"

/** What all containers need; one that asks for nothing of these counts as if it asked for so much. */
const containersNeed = ({ containers, initContainers }: Contents, atLeast: Quantities = none): Quantities =>
  sumContainers(
    (containers ?? []).map((one) => ({ requests: requestsOf(one.resources), sidecar: false })),
    (initContainers ?? []).map((one) => ({ requests: requestsOf(one.resources), sidecar: isSidecar(one) })),
    atLeast
  )

/** What a pod asks for as a whole. */
export const wholeRequests = (spec: Contents): Quantities => podLevelRequests(spec.resources, containersNeed(spec))

/** What a pod asks for in all, by the names of manifests. */
export const wantedOf = (spec: Contents): Quantities =>
  wholePod(containersNeed(spec), wholeRequests(spec), spec.overhead ?? none)

/** What a pod may use at most in all, as far as anything bounds it. */
export const limitsOf = (spec: Contents): Quantities => {
  const containers = containersNeed({
    containers: spec.containers?.map((one) => ({ ...one, resources: { requests: one.resources?.limits } })),
    initContainers: spec.initContainers?.map((one) => ({ ...one, resources: { requests: one.resources?.limits } }))
  })
  const whole = wholePod(containers, spec.resources?.limits ?? none, none)
  return wholePod(whole, none, new Map([...(spec.overhead ?? none)].filter(([name]) => whole.has(name))))
}

/** What a pod asks for, in the ways the scheduler counts it. */
export const resourcesOf = (spec: Contents): Pick<PodClass, "request" | NonZero> => {
  const own = wholeRequests(spec)
  const overhead = spec.overhead ?? none
  const whole = wantedOf(spec)
  const scored = amountsOf(wholePod(containersNeed(spec, smallRequest), none, overhead))
  const nonZero = [...own.keys()].some(isPodLevel)
    ? amountsOf(wholePod(containersNeed(spec, missingIn(smallRequest, whole)), own, overhead))
    : scored
  return {
    request: amountsOf(whole),
    nonZeroCpuMilli: nonZero.cpuMilli,
    nonZeroMemoryBytes: nonZero.memoryBytes,
    scoredCpuMilli: scored.cpuMilli,
    scoredMemoryBytes: scored.memoryBytes
  }
}

/** The ports of its node that a pod takes. */
export const hostPortsOf = (spec: Contents): ReadonlyArray<HostPort> =>
  [...(spec.initContainers ?? []).filter(isSidecar), ...(spec.containers ?? [])].flatMap((container) =>
    (container.ports ?? []).flatMap((port) => {
      const taken = port.hostPort || (spec.hostNetwork === true ? (port.containerPort ?? 0) : 0)
      return taken > 0 ? [{ ip: port.hostIP || "0.0.0.0", protocol: port.protocol ?? "TCP", port: taken }] : []
    })
  )

/** An image's name with the tag that is meant when none is written. */
const normalImage = (name: string): string => (name.lastIndexOf(":") <= name.lastIndexOf("/") ? `${name}:latest` : name)

/** Images are looked up in this order: init containers, containers, image volumes. */
export const imagesOf = (spec: Contents): ReadonlyArray<string> =>
  [
    ...[...(spec.initContainers ?? []), ...(spec.containers ?? [])].map((container) => container.image ?? ""),
    ...(spec.volumes ?? []).flatMap((volume) => volume.image?.reference ?? [])
  ].map(normalImage)
