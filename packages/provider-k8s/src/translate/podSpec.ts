import type { Container, PodSpec, Toleration, TopologySpread, Volume } from "@orrery/core"
import { parseQuantity, printBytes } from "@orrery/core"
import { Result } from "effect"
import type { V1Container, V1PodSpec, V1Volume } from "../Client.ts"
import type { Wire } from "../objects/wire.ts"
import { fromAffinity, toAffinity } from "./affinity.ts"
import { fromContainer, toContainer } from "./container.ts"
import { fromPriority, type Owner, toPriorityClass } from "./priority.ts"
import { fromSelector, toSelector } from "./selector.ts"

type WireToleration = NonNullable<Wire<V1PodSpec>["tolerations"]>[number]

const toVolume = ({ claim, configMap, emptyDir, hostPath, name, secret }: Volume): Wire<V1Volume> => ({
  name,
  ...(configMap === undefined ? {} : { configMap: { name: configMap } }),
  ...(secret === undefined ? {} : { secret: { secretName: secret } }),
  ...(claim === undefined ? {} : { persistentVolumeClaim: { claimName: claim } }),
  ...(hostPath === undefined ? {} : { hostPath: { path: hostPath } }),
  ...(emptyDir === undefined
    ? {}
    : {
        emptyDir: {
          ...(emptyDir.memory ? { medium: "Memory" } : {}),
          ...(emptyDir.sizeBytes === undefined ? {} : { sizeLimit: printBytes(emptyDir.sizeBytes) })
        }
      })
})

const fromEmptyDir = ({ medium, sizeLimit }: NonNullable<Wire<V1Volume>["emptyDir"]>) => ({
  memory: medium === "Memory",
  ...(sizeLimit === undefined ? {} : { sizeBytes: Result.getOrElse(parseQuantity(sizeLimit, 1), () => 0) })
})

/** None for a volume of a kind that our vocabulary has no word for. */
const fromVolume = (volume: Wire<V1Volume>): ReadonlyArray<Volume> => {
  const { configMap, emptyDir, hostPath, name, persistentVolumeClaim, secret } = volume
  if (configMap?.name !== undefined) return [{ name, configMap: configMap.name }]
  if (secret?.secretName !== undefined) return [{ name, secret: secret.secretName }]
  if (persistentVolumeClaim !== undefined) return [{ name, claim: persistentVolumeClaim.claimName }]
  if (hostPath !== undefined) return [{ name, hostPath: hostPath.path }]
  return emptyDir === undefined ? [] : [{ name, emptyDir: fromEmptyDir(emptyDir) }]
}

const toToleration = ({ tolerationMs, ...rest }: Toleration): WireToleration => ({
  ...rest,
  ...(tolerationMs === undefined ? {} : { tolerationSeconds: Math.ceil(tolerationMs / 1000) })
})

const fromToleration = ({ effect, key, operator, tolerationSeconds, value }: WireToleration): Toleration => ({
  ...(key === undefined ? {} : { key }),
  ...(operator === "Equal" || operator === "Exists" ? { operator } : {}),
  ...(value === undefined ? {} : { value }),
  ...(effect === "NoSchedule" || effect === "PreferNoSchedule" || effect === "NoExecute" ? { effect } : {}),
  ...(tolerationSeconds === undefined ? {} : { tolerationMs: tolerationSeconds * 1000 })
})

/** To Kubernetes a sidecar is an init container that is started again whenever it ends. */
const toSidecar = (container: Container): Wire<V1Container> => ({ ...toContainer(container), restartPolicy: "Always" })
const isSidecar = ({ restartPolicy }: Wire<V1Container>): boolean => restartPolicy === "Always"

type WireSpread = NonNullable<Wire<V1PodSpec>["topologySpreadConstraints"]>[number]

const toSpread = ({ labelSelector, maxSkew, topologyKey, whenUnsatisfiable }: TopologySpread): WireSpread => ({
  topologyKey,
  maxSkew,
  whenUnsatisfiable,
  labelSelector: toSelector(labelSelector)
})

const fromSpread = ({ labelSelector, maxSkew, topologyKey, whenUnsatisfiable }: WireSpread): TopologySpread => ({
  topologyKey,
  maxSkew,
  whenUnsatisfiable: whenUnsatisfiable === "ScheduleAnyway" ? whenUnsatisfiable : "DoNotSchedule",
  labelSelector: fromSelector(labelSelector)
})

/** What runs together on one node, as Kubernetes takes it. */
export const toPodSpec = (spec: PodSpec, owner: Owner): Wire<V1PodSpec> => {
  const priorityClassName = toPriorityClass(spec, owner)
  const begins = [...(spec.sidecars ?? []).map(toSidecar), ...spec.initContainers.map(toContainer)]
  return {
    containers: spec.containers.map(toContainer),
    ...(begins.length === 0 ? {} : { initContainers: begins }),
    ...(spec.volumes.length === 0 ? {} : { volumes: spec.volumes.map(toVolume) }),
    ...(Object.keys(spec.nodeSelector).length === 0 ? {} : { nodeSelector: spec.nodeSelector }),
    ...(spec.affinity === undefined ? {} : { affinity: toAffinity(spec.affinity) }),
    ...(spec.topologySpread === undefined ? {} : { topologySpreadConstraints: spec.topologySpread.map(toSpread) }),
    ...(spec.securityContext === undefined ? {} : { securityContext: spec.securityContext }),
    ...(spec.tolerations.length === 0 ? {} : { tolerations: spec.tolerations.map(toToleration) }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(spec.serviceAccount === undefined ? {} : { serviceAccountName: spec.serviceAccount }),
    terminationGracePeriodSeconds: Math.ceil(spec.terminationGraceMs / 1000)
  }
}

/** The same as Kubernetes has it; what our vocabulary does not know is left out. */
export const fromPodSpec = (spec: Wire<V1PodSpec>): PodSpec => {
  const volumes = (spec.volumes ?? []).flatMap(fromVolume)
  const names = new Set(volumes.map(({ name }) => name))
  const begins = spec.initContainers ?? []
  const sidecars = begins.filter(isSidecar)
  const { fsGroup } = spec.securityContext ?? {}
  return {
    containers: spec.containers.map((container) => fromContainer(container, names)),
    initContainers: begins.filter((one) => !isSidecar(one)).map((container) => fromContainer(container, names)),
    ...(sidecars.length === 0 ? {} : { sidecars: sidecars.map((container) => fromContainer(container, names)) }),
    volumes,
    nodeSelector: spec.nodeSelector ?? {},
    ...(spec.affinity === undefined ? {} : { affinity: fromAffinity(spec.affinity) }),
    ...(spec.topologySpreadConstraints === undefined
      ? {}
      : { topologySpread: spec.topologySpreadConstraints.map(fromSpread) }),
    ...(fsGroup === undefined ? {} : { securityContext: { fsGroup } }),
    tolerations: (spec.tolerations ?? []).map(fromToleration),
    ...fromPriority(spec),
    ...(spec.serviceAccountName === undefined ? {} : { serviceAccount: spec.serviceAccountName }),
    terminationGraceMs: (spec.terminationGracePeriodSeconds ?? 30) * 1000
  }
}
