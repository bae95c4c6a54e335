import type { ClusterSpec, ComputeFile, Deployment, Job, Node, NodePool, Offering, Pod, PodSpec } from "@orrery/core"
import { defaultUpdatePolicy, grouped, lacking } from "@orrery/core"
import type { WireNode, WirePod } from "../objects/wire.ts"
import { fromNode } from "../translate/node.ts"
import { fromPod } from "../translate/pod.ts"

/** Names that a fleet's parts may have. */
const nameOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 52) || "unnamed"

/** The offered machine like this node: of its own type, or the cheapest that is as large; the largest where none is. */
const typeFor = (node: Node, offerings: ReadonlyArray<Offering>): string => {
  const rented = offerings.filter(({ market }) => market === "on-demand")
  const own = rented.find(({ instanceType }) => instanceType === node.instanceType)
  const large = rented
    .filter(({ capacity }) => lacking(node.capacity, capacity).length === 0)
    .toSorted((a, b) => a.microUsdPerHour - b.microUsdPerHour || (a.instanceType < b.instanceType ? -1 : 1))
  const largest = rented.toSorted((a, b) => b.capacity.cpuMilli - a.capacity.cpuMilli)[0]
  return (own ?? large[0] ?? largest)?.instanceType ?? node.instanceType
}

const shared = (all: ReadonlyArray<Readonly<Record<string, string>>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(all[0] ?? {}).filter(([key, value]) => all.every((labels) => labels[key] === value))
  )

const poolsOf = (nodes: ReadonlyArray<Node>, offerings: ReadonlyArray<Offering>): ReadonlyArray<NodePool> => {
  const equal = grouped(nodes, (node) => `${nameOf(node.pool)} ${typeFor(node, offerings)}`)
  const counts = new Map<string, number>()
  return [...equal.values()].flatMap((members): ReadonlyArray<NodePool> => {
    const [first] = members
    if (first === undefined) return []
    const pool = nameOf(first.pool)
    const count = (counts.get(pool) ?? 0) + 1
    counts.set(pool, count)
    return [
      {
        name: count === 1 ? pool : `${pool}-${count}`,
        instanceTypes: [typeFor(first, offerings)],
        minSize: members.length,
        maxSize: members.length,
        labels: shared(members.map(({ labels }) => labels)),
        taints: first.taints.filter(({ key }) => !key.startsWith("node.kubernetes.io/")),
        zones: []
      }
    ]
  })
}

/** What runs, without what is only of this cluster: its volumes, accounts and classes. */
const specOf = ({ spec }: Pod): PodSpec => ({
  containers: spec.containers,
  initContainers: [],
  volumes: [],
  nodeSelector: spec.nodeSelector,
  tolerations: spec.tolerations,
  priority: spec.priority,
  terminationGraceMs: spec.terminationGraceMs,
  ...(spec.affinity === undefined ? {} : { affinity: spec.affinity })
})

/** A ReplicaSet is called after its deployment and the template of that time. */
const ownerName = ({ metadata }: WirePod, { name, owner }: Pod): string => {
  const template = metadata?.labels?.["pod-template-hash"]
  const known = owner?.name ?? name
  return nameOf(template !== undefined && known.endsWith(`-${template}`) ? known.slice(0, -template.length - 1) : known)
}

/** Pods that are the same but for their names, and what they belong to. */
interface Group {
  readonly kind: "deployment" | "job"
  readonly name: string
  readonly namespace: string
  readonly pod: Pod
  count: number
}

const groupsOf = (pods: ReadonlyArray<WirePod>): ReadonlyArray<Group> => {
  const groups = new Map<string, Group>()
  for (const wire of pods) {
    const pod = fromPod(wire)
    const kind = pod.owner?.kind === "job" ? "job" : "deployment"
    const name = ownerName(wire, pod)
    const key = `${kind} ${pod.namespace} ${name}`
    const group = groups.get(key) ?? { kind, name, namespace: nameOf(pod.namespace), pod, count: 0 }
    groups.set(key, group)
    group.count++
  }
  return [...groups.values()]
}

const toDeployment = ({ count, name, namespace, pod }: Group): Deployment => {
  const labels = Object.keys(pod.labels).length === 0 ? { app: name } : pod.labels
  return {
    name,
    namespace,
    replicas: count,
    strategy: { type: "RollingUpdate", maxSurge: "25%", maxUnavailable: "25%" },
    selector: { matchLabels: labels, matchExpressions: [] },
    template: { labels, annotations: {}, spec: specOf(pod) },
    progressDeadlineMs: 600_000
  }
}

const toJob = ({ count, name, namespace, pod }: Group): Job => ({
  name,
  namespace,
  labels: {},
  pod: specOf(pod),
  completions: count,
  parallelism: count,
  retries: 0,
  held: false
})

const isDaemon = ({ metadata }: WirePod): boolean =>
  metadata?.ownerReferences?.some(({ kind }) => kind === "DaemonSet" || kind === "Node") ?? false

const isKind = (kind: string) => (thing: object) => "kind" in thing && thing.kind === kind

/** A scenario as a fleet of rented machines that run the same pods: what `compute simulate` plays. */
export const fleetOf = (
  things: ReadonlyArray<object>,
  cluster: string,
  offerings: ReadonlyArray<Offering>
): Pick<ComputeFile, "cluster" | "deployments" | "jobs"> => {
  const nodes = (things.filter(isKind("Node")) as ReadonlyArray<WireNode>).map((node) => fromNode(node, cluster))
  const groups = groupsOf((things.filter(isKind("Pod")) as ReadonlyArray<WirePod>).filter((pod) => !isDaemon(pod)))
  const spec: ClusterSpec = {
    name: nameOf(cluster),
    provider: "kubernetes",
    network: { subnets: [], securityGroups: [] },
    nodePools: poolsOf(nodes, offerings),
    update: defaultUpdatePolicy,
    labels: {}
  }
  return {
    cluster: spec,
    deployments: groups.filter(({ kind }) => kind === "deployment").map(toDeployment),
    jobs: groups.filter(({ kind }) => kind === "job").map(toJob)
  }
}
