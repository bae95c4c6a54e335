/** The port the server in every pod listens on. */
export const serverPort = 32300
/** The port a service is reached by inside the cluster. */
export const servicePort = 80
/** Who pods run as, where nobody else is named. */
export const defaultServiceAccount = "kubetorch-service-account"
/** What runs where no image is given. */
export const defaultImage = "ghcr.io/run-house/server:v3"
/** How long a launch may take, where nothing else is said. */
export const defaultLaunchTimeoutSeconds = 900

/** Labels by which services and their parts are found. */
export const labelKeys = {
  service: "kubetorch.com/service",
  version: "kubetorch.com/version",
  template: "kubetorch.com/template",
  username: "kubetorch.com/username",
  kaiQueue: "kai.scheduler/queue",
  kueueQueue: "kueue.x-k8s.io/queue-name"
} as const

/** Annotations that carry settings which no field of a manifest has room for. */
export const annotationKeys = {
  inactivityTtl: "kubetorch.com/inactivity-ttl",
  kubeconfigPath: "kubetorch.com/kubeconfig-path",
  allowedSerialization: "kubetorch.com/allowed-serialization",
  mountPath: "kubetorch.com/mount-path",
  gpuMemory: "gpu-memory",
  gpuFraction: "gpu-fraction"
} as const

/** The resource GPUs are counted by, and the label that names their product. */
export const gpuKeys = { resource: "nvidia.com/gpu", product: "nvidia.com/gpu.product" } as const

/** `yourname-my-function`: who and what, as a name that Kubernetes takes. */
export const serviceNameOf = (username: string, what: string): string => {
  const plain = `${username}-${what}`.toLowerCase().replace(/[^a-z0-9]+/g, "-")
  return plain.slice(0, 63).replace(/^-+|-+$/g, "")
}

/** Where a service answers inside the cluster. */
export const endpointOf = ({ name, namespace = "default" }: { name: string; namespace?: string }): string =>
  `http://${name}.${namespace}.svc.cluster.local`
