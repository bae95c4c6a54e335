import type { KubeNode } from "../model.ts"
import { nodeOfDaemon, pinned } from "./daemons.ts"
import { type Metadata, namespaceOf } from "./metadata.ts"
import type { PodSpec } from "./pod.ts"
import type { Workload } from "./workload.ts"

/** A pod as written, or as its controller makes it. */
export interface Made {
  readonly name: string
  readonly metadata: Metadata
  readonly spec: PodSpec
  readonly startTimeMs: number | undefined
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

/** Labels that a controller adds to those of its template; those that name one pod only are left out. */
export const addedLabels = ({ kind, metadata }: Workload): ReadonlyMap<string, string> => {
  const name = metadata.name ?? ""
  if (kind === "Deployment") return new Map([[revisionLabel, name]])
  if (kind === "Job")
    return new Map([
      ["job-name", name],
      ["batch.kubernetes.io/job-name", name]
    ])
  return new Map()
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
const make = (workload: Workload, suffix: string, spec: PodSpec): Made => {
  const { metadata, spec: wanted } = workload
  const name = `${metadata.name ?? ""}-${suffix}`
  return {
    name,
    metadata: {
      ...wanted.template.metadata,
      labels: new Map([...(wanted.template.metadata?.labels ?? []), ...addedLabels(workload)]),
      namespace: metadata.namespace,
      ownerReferences: [{ kind: ownerKindOf(workload), name: metadata.name ?? "", controller: true }]
    },
    spec: withClaims(spec, workload, name),
    startTimeMs: undefined
  }
}

/** The pods that a controller still has to make. */
export const missingPods = (workload: Workload, pods: Owned<Made>, workloads: Owned<Workload>): ReadonlyArray<Made> => {
  const { kind, metadata, spec } = workload
  // A deployment whose replica sets are given too leaves the pods to them.
  if (kind === "Deployment" && workloads.of(kind, metadata).length > 0) return []
  const own = pods.of(ownerKindOf(workload), metadata)
  const staying = own.filter((one) => one.metadata.deletionTimestamp === undefined)
  const names = new Set(own.map((one) => one.name))
  const missing = Math.max(0, wantedCount(workload) - staying.length)
  const made: Array<Made> = []
  for (let index = spec.ordinals?.start ?? 0; made.length < missing; index++) {
    if (!names.has(`${metadata.name ?? ""}-${index}`)) made.push(make(workload, String(index), spec.template.spec))
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
