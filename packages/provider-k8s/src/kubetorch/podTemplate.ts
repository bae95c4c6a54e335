import { toLiteral } from "../translate/literal.ts"
import type { ComputeOptions, Manifest, ManifestToleration } from "./ComputeOptions.ts"
import { Image } from "./Image.ts"
import { annotationKeys, defaultImage, defaultServiceAccount, gpuKeys, labelKeys, serverPort as port } from "./names.ts"
import type { Secret } from "./Secret.ts"
import { plainVariables, startScript } from "./startScript.ts"
import { mountPathOf, type Volume } from "./Volume.ts"

const gpusOf = ({ gpus }: ComputeOptions): number => Number(gpus ?? 0)

/** Whether a pod takes a part of a GPU, which only the KAI scheduler can give. */
const sharesGpu = ({ gpuFraction, gpuMemory }: ComputeOptions): boolean =>
  gpuFraction !== undefined || gpuMemory !== undefined

const resourcesOf = (options: ComputeOptions): Manifest => {
  const gpus = gpusOf(options)
  // no limit on cpu and memory, ever: a service may use what its node has left
  return {
    requests: {
      ...(options.cpus === undefined ? {} : { cpu: String(options.cpus) }),
      ...(options.memory === undefined ? {} : { memory: options.memory }),
      ...(options.diskSize === undefined ? {} : { "ephemeral-storage": options.diskSize }),
      ...(gpus > 0 ? { [gpuKeys.resource]: String(gpus) } : {})
    },
    ...(gpus > 0 ? { limits: { [gpuKeys.resource]: String(gpus) } } : {})
  }
}

const selectorOf = ({ gpuType, nodeSelector = {} }: ComputeOptions): Readonly<Record<string, string>> => {
  if (gpuType === undefined) return nodeSelector
  const colon = gpuType.indexOf(":")
  return colon < 0
    ? { ...nodeSelector, [gpuKeys.product]: gpuType }
    : { ...nodeSelector, [gpuType.slice(0, colon).trim()]: gpuType.slice(colon + 1).trim() }
}

const gpuTolerations: ReadonlyArray<ManifestToleration> = [
  { key: gpuKeys.resource, operator: "Exists", effect: "NoSchedule" },
  { key: "dedicated", operator: "Equal", value: "gpu", effect: "NoSchedule" }
]
const equal = (a: ManifestToleration, b: ManifestToleration): boolean =>
  a.key === b.key && a.operator === b.operator && a.value === b.value && a.effect === b.effect

const tolerationsOf = (options: ComputeOptions): ReadonlyArray<ManifestToleration> => {
  const own = options.tolerations ?? []
  return gpusOf(options) === 0 && !sharesGpu(options)
    ? own
    : [...own, ...gpuTolerations.filter((wanted) => !own.some((given) => equal(given, wanted)))]
}

/** Keys that nodes with GPUs carry; none of them may be there. */
const gpuNodeKeys = [gpuKeys.resource, "eks.amazonaws.com/instance-gpu-count", "cloud.google.com/gke-accelerator"]
const antiAffinity = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: gpuNodeKeys.map((key) => ({ key, operator: "DoesNotExist" })) }]
    }
  }
}

const secretsOf = ({ secrets = [] }: ComputeOptions): ReadonlyArray<Secret> =>
  secrets.map((secret) => (typeof secret === "string" ? { name: secret } : secret))

const distributionText = ({
  distributionArgs,
  distributionType = "spmd",
  monitorMembers,
  quorumTimeout,
  quorumWorkers,
  workers
}: NonNullable<ComputeOptions["distribute"]>): string =>
  JSON.stringify({
    ...distributionArgs,
    distribution_type: distributionType,
    workers,
    quorum_timeout: quorumTimeout,
    quorum_workers: quorumWorkers,
    monitor_members: monitorMembers
  })

const envOf = (options: ComputeOptions): ReadonlyArray<Manifest> => [
  ...plainVariables(options.envVars ?? {}).map(([name, value]) => ({ name, value: toLiteral(value) })),
  ...secretsOf(options).flatMap(({ env = [], name }) =>
    env.map((key) => ({ name: key, valueFrom: { secretKeyRef: { name, key } } }))
  ),
  ...(options.inactivityTtl === undefined ? [] : [{ name: "KT_INACTIVITY_TTL", value: options.inactivityTtl }]),
  ...(options.distribute === undefined
    ? []
    : [{ name: "KT_DISTRIBUTED_CONFIG", value: toLiteral(distributionText(options.distribute)) }]),
  { name: "KT_LOG_LEVEL", value: options.loggingConfig?.level ?? "info" },
  { name: "KT_LOG_STREAMING_ENABLED", value: String(options.loggingConfig?.streamLogs ?? true) },
  { name: "KT_FREEZE", value: String(options.freeze ?? false) },
  { name: "KT_ALLOWED_SERIALIZATION", value: (options.allowedSerialization ?? ["json"]).join(",") }
]

const probesOf = ({ launchTimeoutSeconds = 900 }: ComputeOptions): Manifest => {
  const httpGet = { path: "/health", port }
  return {
    startupProbe: {
      httpGet,
      periodSeconds: 5,
      timeoutSeconds: 2,
      failureThreshold: Math.max(1, Math.floor(launchTimeoutSeconds / 5))
    },
    readinessProbe: { httpGet, periodSeconds: 3, failureThreshold: 5 },
    livenessProbe: { httpGet, periodSeconds: 30, failureThreshold: 3 }
  }
}

/** The volumes, each by name and place. */
export const claimsOf = ({ volumes = [] }: ComputeOptions): ReadonlyArray<Volume> =>
  volumes.map((volume) => (typeof volume === "string" ? { name: volume } : volume))

/** The image with what is done on top of it. */
const imageOf = ({ image = Image.empty() }: ComputeOptions): Image =>
  typeof image === "string" ? Image.fromDocker(image) : image

const mountsOf = (options: ComputeOptions): ReadonlyArray<Manifest> => [
  { name: "dshm", mountPath: "/dev/shm" },
  ...claimsOf(options).map((volume) => ({ name: volume.name, mountPath: mountPathOf(volume) })),
  ...secretsOf(options).flatMap(({ mountPath, name }) =>
    mountPath === undefined ? [] : [{ name: `secret-${name}`, mountPath, readOnly: true }]
  )
]

const volumesOf = (options: ComputeOptions): ReadonlyArray<Manifest> => [
  {
    name: "dshm",
    emptyDir: {
      medium: "Memory",
      ...(options.sharedMemoryLimit === undefined ? {} : { sizeLimit: options.sharedMemoryLimit })
    }
  },
  ...claimsOf(options).map(({ name }) => ({ name, persistentVolumeClaim: { claimName: name } })),
  ...secretsOf(options).flatMap(({ mountPath, name }) =>
    mountPath === undefined ? [] : [{ name: `secret-${name}`, secret: { secretName: name } }]
  )
]

const containerOf = (options: ComputeOptions, name: string): Manifest => {
  const image = imageOf(options)
  // a secret named by nothing but its name gives all of its keys
  const whole = secretsOf(options).filter(({ env, mountPath }) => env === undefined && mountPath === undefined)
  return {
    name,
    image: image.reference ?? defaultImage,
    command: ["/bin/bash", "-c"],
    args: [toLiteral(startScript(image, options.envVars ?? {}))],
    ...(options.imagePullPolicy === undefined ? {} : { imagePullPolicy: options.imagePullPolicy }),
    ...(options.workingDir === undefined ? {} : { workingDir: options.workingDir }),
    ports: [{ name: "http", containerPort: port }],
    resources: resourcesOf(options),
    env: envOf(options),
    ...(whole.length === 0 ? {} : { envFrom: whole.map(({ name }) => ({ secretRef: { name } })) }),
    volumeMounts: mountsOf(options),
    ...(options.freeze === true ? {} : { securityContext: { capabilities: { add: ["SYS_PTRACE"] } } }),
    ...probesOf(options)
  }
}

/** Labels of the manifest and of its pods. */
export const labelsOf = (options: ComputeOptions): Readonly<Record<string, string>> => ({
  ...options.labels,
  "app.kubernetes.io/managed-by": "orrery",
  [labelKeys.service]: options.name,
  ...(options.version === undefined ? {} : { [labelKeys.version]: options.version }),
  ...(options.username === undefined ? {} : { [labelKeys.username]: options.username }),
  ...(options.queue === undefined ? {} : { [labelKeys.kaiQueue]: options.queue }),
  ...(options.queueName === undefined ? {} : { [labelKeys.kueueQueue]: options.queueName })
})

/** Annotations of the manifest and of its pods. */
export const annotationsOf = (options: ComputeOptions): Readonly<Record<string, string>> => ({
  ...options.annotations,
  ...(options.gpuMemory === undefined ? {} : { [annotationKeys.gpuMemory]: String(mebibytes(options.gpuMemory)) }),
  ...(options.gpuFraction === undefined ? {} : { [annotationKeys.gpuFraction]: String(options.gpuFraction) }),
  ...(options.inactivityTtl === undefined ? {} : { [annotationKeys.inactivityTtl]: options.inactivityTtl }),
  ...(options.kubeconfigPath === undefined ? {} : { [annotationKeys.kubeconfigPath]: options.kubeconfigPath }),
  ...(options.allowedSerialization === undefined
    ? {}
    : { [annotationKeys.allowedSerialization]: options.allowedSerialization.join(",") })
})

const mebibytes = (written: string): number => {
  const times: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024, Ti: 1024 * 1024 }
  return Number(written.slice(0, -2)) * (times[written.slice(-2)] ?? 1)
}

/** The name, the place and the marks of the manifest. */
export const metadataOf = (options: ComputeOptions): Manifest => ({
  name: options.name,
  namespace: options.namespace ?? "default",
  labels: labelsOf(options),
  annotations: annotationsOf(options)
})

/** How many pods share the work, where nobody scales them. */
export const workersOf = ({ distribute, replicas }: ComputeOptions): number => distribute?.workers ?? replicas ?? 1

/** What every pod of this service is made from. */
export const podTemplate = (options: ComputeOptions, container = "kubetorch"): Manifest => {
  const tolerations = tolerationsOf(options)
  const nodeSelector = selectorOf(options)
  return {
    metadata: { labels: labelsOf(options), annotations: annotationsOf(options) },
    spec: {
      containers: [containerOf(options, container)],
      volumes: volumesOf(options),
      serviceAccountName: options.serviceAccountName ?? defaultServiceAccount,
      ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
      ...(tolerations.length === 0 ? {} : { tolerations }),
      ...(options.gpuAntiAffinity === true ? { affinity: antiAffinity } : {}),
      ...(options.queue === undefined && !sharesGpu(options) ? {} : { schedulerName: "kai-scheduler" }),
      ...(options.priorityClassName === undefined ? {} : { priorityClassName: options.priorityClassName })
    }
  }
}
