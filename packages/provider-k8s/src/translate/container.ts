import type { Container, EnvVar, HealthCheck, Port, ResourceRequirements, VolumeMount } from "@orrery/core"
import type { V1Container, V1EnvVar } from "../Client.ts"
import type { Wire } from "../objects/wire.ts"
import { fromLiteral, toLiteral } from "./literal.ts"
import { fromProbe, toProbe } from "./probe.ts"
import { fromQuantities, gpuResource, toQuantities } from "./quantity.ts"
import { fromSecurity, toSecurity } from "./security.ts"

type WireContainer = Wire<V1Container>

const toEnv = ({ name, secret, value }: EnvVar): Wire<V1EnvVar> =>
  secret === undefined
    ? { name, value: toLiteral(value ?? "") }
    : { name, valueFrom: { secretKeyRef: { name: secret.name, key: secret.key } } }

const fromEnv = ({ name, value, valueFrom }: Wire<V1EnvVar>): ReadonlyArray<EnvVar> => {
  const secret = valueFrom?.secretKeyRef
  if (secret !== undefined) return [{ name, secret: { name: secret.name ?? "", key: secret.key } }]
  // values taken from the pod itself or from a config map have no words in our vocabulary
  return valueFrom === undefined ? [{ name, value: fromLiteral(value ?? "") }] : []
}

const toResources = ({ limits, requests }: ResourceRequirements): NonNullable<WireContainer["resources"]> => {
  const asked = toQuantities(requests)
  const gpus = asked[gpuResource]
  // a GPU is asked for by its limit; cpu and memory are left without one unless it was given
  const capped = {
    ...(limits === undefined ? {} : toQuantities(limits)),
    ...(gpus === undefined ? {} : { [gpuResource]: gpus })
  }
  return {
    ...(Object.keys(asked).length === 0 ? {} : { requests: asked }),
    ...(Object.keys(capped).length === 0 ? {} : { limits: capped })
  }
}

const fromResources = ({ limits, requests }: NonNullable<WireContainer["resources"]>): ResourceRequirements => {
  const capped = fromQuantities(limits)
  return {
    requests: fromQuantities({ ...limits, ...requests }),
    ...(capped.cpuMilli + capped.memoryBytes === 0 ? {} : { limits: capped })
  }
}

/** What the API server fills in where no policy is given. */
const usualPullPolicy = (image: string): string =>
  /:latest(@|$)/.test(image) || !/[:@]/.test(image.slice(image.lastIndexOf("/") + 1)) ? "Always" : "IfNotPresent"

const toPort = ({ containerPort, name, protocol }: Port) => ({
  containerPort,
  protocol,
  ...(name === undefined ? {} : { name })
})

const toMount = ({ name, path, readOnly }: VolumeMount) => ({
  name,
  mountPath: path,
  ...(readOnly ? { readOnly } : {})
})

const probesOf = ({ liveness, readiness, startup }: HealthCheck): Partial<WireContainer> => ({
  ...(liveness === undefined ? {} : { livenessProbe: toProbe(liveness) }),
  ...(readiness === undefined ? {} : { readinessProbe: toProbe(readiness) }),
  ...(startup === undefined ? {} : { startupProbe: toProbe(startup) })
})

/** One container as Kubernetes takes it. What it is given arrives as it is. */
export const toContainer = (container: Container): WireContainer => ({
  name: container.name,
  image: container.image,
  ...(container.command === undefined ? {} : { command: container.command.map(toLiteral) }),
  ...(container.args === undefined ? {} : { args: container.args.map(toLiteral) }),
  ...(container.workingDir === undefined ? {} : { workingDir: container.workingDir }),
  ...(container.ports.length === 0 ? {} : { ports: container.ports.map(toPort) }),
  resources: toResources(container.resources),
  ...(container.healthCheck === undefined ? {} : probesOf(container.healthCheck)),
  ...(container.environment.length === 0 ? {} : { env: container.environment.map(toEnv) }),
  ...(container.mounts.length === 0 ? {} : { volumeMounts: container.mounts.map(toMount) }),
  ...(container.pullPolicy === undefined ? {} : { imagePullPolicy: container.pullPolicy }),
  ...(container.securityContext === undefined ? {} : { securityContext: toSecurity(container.securityContext) })
})

const fromProbes = ({ livenessProbe, readinessProbe, startupProbe }: WireContainer): HealthCheck => ({
  ...(livenessProbe === undefined ? {} : { liveness: fromProbe(livenessProbe) }),
  ...(readinessProbe === undefined ? {} : { readiness: fromProbe(readinessProbe) }),
  ...(startupProbe === undefined ? {} : { startup: fromProbe(startupProbe) })
})

const protocolOf = (protocol: string | undefined): Port["protocol"] =>
  protocol === "UDP" || protocol === "SCTP" ? protocol : "TCP"

const pullPolicyOf = (image: string, policy: string | undefined): Pick<Container, "pullPolicy"> =>
  policy !== usualPullPolicy(image) && (policy === "Always" || policy === "IfNotPresent" || policy === "Never")
    ? { pullPolicy: policy }
    : {}

/** One container as Kubernetes has it; `volumes` are the pod's volumes that our vocabulary knows. */
export const fromContainer = (container: WireContainer, volumes: ReadonlySet<string>): Container => {
  const { image = "", securityContext } = container
  const healthCheck = fromProbes(container)
  return {
    name: container.name,
    image,
    ...(container.command === undefined ? {} : { command: container.command.map(fromLiteral) }),
    ...(container.args === undefined ? {} : { args: container.args.map(fromLiteral) }),
    ...(container.workingDir === undefined ? {} : { workingDir: container.workingDir }),
    ports: (container.ports ?? []).map(({ containerPort, name, protocol }) => ({
      containerPort,
      protocol: protocolOf(protocol),
      ...(name === undefined ? {} : { name })
    })),
    resources: fromResources(container.resources ?? {}),
    ...(Object.keys(healthCheck).length === 0 ? {} : { healthCheck }),
    environment: (container.env ?? []).flatMap(fromEnv),
    mounts: (container.volumeMounts ?? [])
      .filter(({ name }) => volumes.has(name))
      .map(({ mountPath, name, readOnly = false }) => ({ name, path: mountPath, readOnly })),
    ...pullPolicyOf(image, container.imagePullPolicy),
    ...fromSecurity(securityContext)
  }
}
