import type { ComputeOptions, Manifest, ManifestToleration, SecretOptions } from "./ComputeOptions.ts"

/** Where every service of this kind answers, and is asked whether it is well. */
export const port = 32300
const gpuResource = "nvidia.com/gpu"
const usualImage = "ghcr.io/run-house/server:latest"

const gpusOf = ({ gpus }: ComputeOptions): number => Number(gpus ?? 0)

const resourcesOf = (options: ComputeOptions): Manifest => {
  const gpus = gpusOf(options)
  // no limit on cpu and memory, ever: a service may use what its node has left
  return {
    requests: {
      ...(options.cpus === undefined ? {} : { cpu: String(options.cpus) }),
      ...(options.memory === undefined ? {} : { memory: options.memory }),
      ...(options.diskSize === undefined ? {} : { "ephemeral-storage": options.diskSize }),
      ...(gpus > 0 ? { [gpuResource]: String(gpus) } : {})
    },
    ...(gpus > 0 ? { limits: { [gpuResource]: String(gpus) } } : {})
  }
}

const selectorOf = ({ gpuType, nodeSelector = {} }: ComputeOptions): Readonly<Record<string, string>> => {
  if (gpuType === undefined) return nodeSelector
  const colon = gpuType.indexOf(":")
  return colon < 0
    ? { ...nodeSelector, "nvidia.com/gpu.product": gpuType }
    : { ...nodeSelector, [gpuType.slice(0, colon).trim()]: gpuType.slice(colon + 1).trim() }
}

const gpuTolerations: ReadonlyArray<ManifestToleration> = [
  { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
  { key: "dedicated", operator: "Equal", value: "gpu", effect: "NoSchedule" }
]
const equal = (a: ManifestToleration, b: ManifestToleration): boolean =>
  a.key === b.key && a.operator === b.operator && a.value === b.value && a.effect === b.effect

const tolerationsOf = (options: ComputeOptions): ReadonlyArray<ManifestToleration> => {
  const own = options.tolerations ?? []
  return gpusOf(options) === 0
    ? own
    : [...own, ...gpuTolerations.filter((wanted) => !own.some((given) => equal(given, wanted)))]
}

/** Keys that nodes with GPUs carry; none of them may be there. */
const gpuNodeKeys = ["nvidia.com/gpu", "eks.amazonaws.com/instance-gpu-count", "cloud.google.com/gke-accelerator"]
const antiAffinity = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: gpuNodeKeys.map((key) => ({ key, operator: "DoesNotExist" })) }]
    }
  }
}

/** `$NAME` and `${NAME}` as shells have them become `$(NAME)`, which Kubernetes replaces. */
export const toReference = (value: string): string =>
  value.replace(/\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g, (_, braced?: string, bare?: string) => `$(${braced ?? bare})`)

const secretsOf = ({ secrets = [] }: ComputeOptions): ReadonlyArray<SecretOptions> =>
  secrets.map((secret) => (typeof secret === "string" ? { name: secret } : secret))

const envOf = (options: ComputeOptions): ReadonlyArray<Manifest> => [
  ...Object.entries(options.envVars ?? {}).map(([name, value]) => ({ name, value: toReference(value) })),
  ...secretsOf(options).flatMap(({ env = [], name }) =>
    env.map((key) => ({ name: key, valueFrom: { secretKeyRef: { name, key } } }))
  ),
  ...(options.inactivityTtl === undefined ? [] : [{ name: "KT_INACTIVITY_TTL", value: options.inactivityTtl }]),
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

const mountsOf = (options: ComputeOptions): ReadonlyArray<Manifest> => [
  { name: "dshm", mountPath: "/dev/shm" },
  ...(options.volumes ?? []).map(({ mountPath, name }) => ({ name, mountPath })),
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
  ...(options.volumes ?? []).map(({ name }) => ({ name, persistentVolumeClaim: { claimName: name } })),
  ...secretsOf(options).flatMap(({ mountPath, name }) =>
    mountPath === undefined ? [] : [{ name: `secret-${name}`, secret: { secretName: name } }]
  )
]

const containerOf = (options: ComputeOptions): Manifest => {
  // a secret named by nothing but its name gives all of its keys
  const whole = secretsOf(options).filter(({ env, mountPath }) => env === undefined && mountPath === undefined)
  return {
    name: "kubetorch",
    image: options.image ?? usualImage,
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
  "kubetorch.com/service": options.name,
  ...(options.queue === undefined ? {} : { "kai.scheduler/queue": options.queue }),
  ...(options.queueName === undefined ? {} : { "kueue.x-k8s.io/queue-name": options.queueName })
})

/** Annotations of the manifest and of its pods. */
export const annotationsOf = (options: ComputeOptions): Readonly<Record<string, string>> => ({
  ...options.annotations,
  ...(options.gpuMemory === undefined ? {} : { "gpu-memory": String(mebibytes(options.gpuMemory)) }),
  ...(options.gpuFraction === undefined ? {} : { "gpu-fraction": String(options.gpuFraction) }),
  ...(options.inactivityTtl === undefined ? {} : { "kubetorch.com/inactivity-ttl": options.inactivityTtl })
})

const mebibytes = (written: string): number => {
  const times: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024, Ti: 1024 * 1024 }
  return Number(written.slice(0, -2)) * (times[written.slice(-2)] ?? 1)
}

/** What every pod of this service is made from. */
export const podTemplate = (options: ComputeOptions): Manifest => {
  const tolerations = tolerationsOf(options)
  const nodeSelector = selectorOf(options)
  return {
    metadata: { labels: labelsOf(options), annotations: annotationsOf(options) },
    spec: {
      containers: [containerOf(options)],
      volumes: volumesOf(options),
      serviceAccountName: options.serviceAccountName ?? "kubetorch-service-account",
      ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
      ...(tolerations.length === 0 ? {} : { tolerations }),
      ...(options.gpuAntiAffinity === true ? { affinity: antiAffinity } : {}),
      ...(options.queue === undefined ? {} : { schedulerName: "kai-scheduler" }),
      ...(options.priorityClassName === undefined ? {} : { priorityClassName: options.priorityClassName })
    }
  }
}
