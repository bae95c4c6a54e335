const under = (group: string, plural: string) => (namespace: string | undefined, name?: string) =>
  `${group}${namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`}/${plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`

/** Where each kind lies on the API server; without a namespace, all of them. */
export const deploymentsPath = under("/apis/apps/v1", "deployments")
export const replicaSetsPath = under("/apis/apps/v1", "replicasets")
export const jobsPath = under("/apis/batch/v1", "jobs")
export const podsPath = under("/api/v1", "pods")
export const eventsPath = under("/api/v1", "events")
const nodes = under("/api/v1", "nodes")
export const nodesPath = (name?: string) => nodes(undefined, name)
const priorityClasses = under("/apis/scheduling.k8s.io/v1", "priorityclasses")
export const priorityClassesPath = (name?: string) => priorityClasses(undefined, name)
/** What Kueue keeps of each job. */
export const workloadsPath = under("/apis/kueue.x-k8s.io/v1beta1", "workloads")
export const nodeMetricsPath = () => "/apis/metrics.k8s.io/v1beta1/nodes"
export const podMetricsPath = under("/apis/metrics.k8s.io/v1beta1", "pods")
export const quotasPath = under("/api/v1", "resourcequotas")
export const budgetsPath = under("/apis/policy/v1", "poddisruptionbudgets")
