/** Which of its kind a thing is: without a namespace, of all of them or of the whole cluster; without a name, all. */
export interface Place {
  readonly namespace?: string | undefined
  readonly name?: string | undefined
}

/** Where things of a kind lie on the API server. */
export const pathOf = (apiVersion: string, plural: string, { name, namespace }: Place = {}): string => {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const within = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`
  return `${group}${within}/${plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`
}

const inNamespace = (apiVersion: string, plural: string) => (namespace: string | undefined, name?: string) =>
  pathOf(apiVersion, plural, { namespace, name })
const inCluster = (apiVersion: string, plural: string) => (name?: string) => pathOf(apiVersion, plural, { name })

/** Where each kind lies; without a namespace, all of them. */
export const deploymentsPath = inNamespace("apps/v1", "deployments")
export const replicaSetsPath = inNamespace("apps/v1", "replicasets")
export const jobsPath = inNamespace("batch/v1", "jobs")
export const podsPath = inNamespace("v1", "pods")
export const eventsPath = inNamespace("v1", "events")
export const nodesPath = inCluster("v1", "nodes")
export const priorityClassesPath = inCluster("scheduling.k8s.io/v1", "priorityclasses")
/** What Kueue keeps of each job. */
export const workloadsPath = inNamespace("kueue.x-k8s.io/v1beta1", "workloads")
export const nodeMetricsPath = inCluster("metrics.k8s.io/v1beta1", "nodes")
export const podMetricsPath = inNamespace("metrics.k8s.io/v1beta1", "pods")
export const quotasPath = inNamespace("v1", "resourcequotas")
export const claimsPath = inNamespace("v1", "persistentvolumeclaims")
