import type { KubeNode } from "../model.ts"
import { nodeOfDaemon, pinned } from "./daemons.ts"
import { type Metadata, namespaceOf } from "./metadata.ts"
import type { PodSpec, podStatusShape } from "./pod.ts"
import type { Read } from "./shape.ts"
import type { Workload } from "./workload.ts"

/** A pod as written, or as its controller makes it. */
export interface Made {
  readonly name: string
  readonly metadata: Metadata
  readonly spec: PodSpec
  readonly status?: Read<typeof podStatusShape> | undefined
}

const ownerKey = (kind: string, namespace: string, name = ""): string => `${kind} ${namespace}/${name}`

/** What controllers have made already, by who made it. */
export class Owned<T extends { readonly metadata: Metadata }> {
  readonly #byOwner = new Map<string, Array<T>>()

  constructor(objects: ReadonlyArray<T>) {
    for (const object of objects) {
      const owner = object.metadata.ownerReferences?.find((one) => one.controller === true)
      if (owner === undefined) continue
      const key = ownerKey(owner.kind, namespaceOf(object.metadata), owner.name)
      const others = this.#byOwner.get(key)
      if (others === undefined) this.#byOwner.set(key, [object])
      else others.push(object)
    }
  }

  /** What belongs to a controller. */
  of(kind: string, owner: Metadata): ReadonlyArray<T> {
    return this.#byOwner.get(ownerKey(kind, namespaceOf(owner), owner.name)) ?? []
  }
}

/** The label by which pods of one revision of a deployment know each other. */
const revisionLabel = "pod-template-hash"

/** The kind of a controller's pods' owner: a deployment works through a replica set. */
const ownerKindOf = ({ kind }: Workload): string => (kind === "Deployment" ? "ReplicaSet" : kind)

/** Labels that a controller adds to those of its template, the same for all its pods; what is made up is the controller's name. */
export const addedLabels = ({ kind, metadata, status }: Workload): ReadonlyMap<string, string> => {
  const name = metadata.name ?? ""
  switch (kind) {
    case "Deployment":
      return new Map([[revisionLabel, name]])
    case "Job":
      return new Map(
        ["job-name", "controller-uid"].flatMap((key) => [
          [key, name],
          [`batch.kubernetes.io/${key}`, name]
        ])
      )
    case "StatefulSet":
    case "DaemonSet":
      return new Map([["controller-revision-hash", status?.updateRevision ?? name]])
    default:
      return new Map()
  }
}

const indexKey = "batch.kubernetes.io/job-completion-index"

/** Labels that name one pod of many. */
const labelsOfOne = ({ kind, spec }: Workload, name: string, index: number): ReadonlyMap<string, string> => {
  if (kind === "StatefulSet")
    return new Map([
      ["statefulset.kubernetes.io/pod-name", name],
      ["apps.kubernetes.io/pod-index", String(index)]
    ])
  return new Map(spec.completionMode === "Indexed" ? [[indexKey, String(index)]] : [])
}

/** Whether an index is in a list such as "1,3-5". */
const isListed = (list: string | undefined, index: number): boolean =>
  (list ?? "").split(",").some((part) => {
    const [from = "", to = from] = part.split("-")
    return from !== "" && index >= Number(from) && index <= Number(to)
  })

/** Whether the pod of an index is there or over. */
const isIndexTaken = ({ metadata, spec, status }: Workload, own: ReadonlyArray<Made>): ((index: number) => boolean) => {
  if (spec.completionMode !== "Indexed") {
    const names = new Set(own.map((one) => one.name))
    return (index) => names.has(`${metadata.name ?? ""}-${index}`)
  }
  const there = new Set(own.map((one) => one.metadata.annotations?.get(indexKey) ?? one.metadata.labels?.get(indexKey)))
  return (index) =>
    there.has(String(index)) || isListed(status?.completedIndexes, index) || isListed(status?.failedIndexes, index)
}

const isOver = ({ status }: Workload): boolean =>
  status?.conditions?.some(
    ({ status: holds, type }) => holds === "True" && ["Complete", "Failed"].includes(type ?? "")
  ) ?? false

/** How many pods the controller wants to be running. */
const wantedCount = (workload: Workload): number => {
  const { kind, spec, status } = workload
  if (kind === "Deployment" && spec.paused === true) return 0
  if (kind !== "Job") return spec.replicas ?? 1
  if (spec.suspend === true || isOver(workload)) return 0
  const parallelism = spec.parallelism ?? 1
  const left = spec.completions === undefined ? parallelism : spec.completions - (status?.succeeded ?? 0)
  return Math.max(0, Math.min(parallelism, left))
}

/** The claim that one pod of a stateful set gets from a template of its set. */
export const claimName = (template: Metadata, pod: string): string => `${template.name ?? ""}-${pod}`

const withClaims = (spec: PodSpec, workload: Workload, pod: string): PodSpec => {
  const templates = workload.spec.volumeClaimTemplates ?? []
  if (templates.length === 0) return spec
  const own = templates.map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: claimName(metadata, pod) }
  }))
  const others = (spec.volumes ?? []).filter((one) => !own.some(({ name }) => name === one.name))
  return { ...spec, volumes: [...others, ...own] }
}

/** A pod that the controller makes. */
const make = (
  workload: Workload,
  suffix: string,
  spec: PodSpec,
  own: ReadonlyMap<string, string> = new Map()
): Made => {
  const { metadata, spec: wanted } = workload
  const name = `${metadata.name ?? ""}-${suffix}`
  return {
    name,
    metadata: {
      ...wanted.template.metadata,
      labels: new Map([...(wanted.template.metadata?.labels ?? []), ...addedLabels(workload), ...own]),
      namespace: metadata.namespace,
      ownerReferences: [{ kind: ownerKindOf(workload), name: metadata.name ?? "", controller: true }]
    },
    spec: withClaims(spec, workload, name)
  }
}

/** The pods that a controller still has to make. */
export const missingPods = (workload: Workload, pods: Owned<Made>, workloads: Owned<Workload>): ReadonlyArray<Made> => {
  const { kind, metadata, spec } = workload
  // A deployment whose replica sets are given too leaves the pods to them.
  if (kind === "Deployment" && workloads.of(kind, metadata).length > 0) return []
  const own = pods.of(ownerKindOf(workload), metadata)
  const staying = own.filter((one) => one.metadata.deletionTimestamp === undefined)
  const isTaken = isIndexTaken(workload, own)
  const missing = Math.max(0, wantedCount(workload) - staying.length)
  const made: Array<Made> = []
  const end = spec.completionMode === "Indexed" ? (spec.completions ?? missing) : Number.POSITIVE_INFINITY
  for (let index = spec.ordinals?.start ?? 0; made.length < missing && index < end; index++) {
    if (isTaken(index)) continue
    const labels = labelsOfOne(workload, `${metadata.name ?? ""}-${index}`, index)
    made.push(make(workload, String(index), spec.template.spec, labels))
  }
  return made
}

/** The pods that a daemon set still has to make: one for each of these nodes. */
export const missingDaemons = (
  workload: Workload,
  pods: Owned<Made>,
  spec: PodSpec,
  nodes: ReadonlyArray<KubeNode>
): ReadonlyArray<Made> => {
  const served = new Set(pods.of(workload.kind, workload.metadata).map((one) => nodeOfDaemon(one.spec)))
  return nodes
    .filter((node) => !served.has(node.name))
    .map((node) => make(workload, node.name, pinned(spec, node.name)))
}
