import type { KubeNode } from "../model.ts"
import type { Metadata } from "./metadata.ts"
import type { PodSpec } from "./pod.ts"
import type { Workload } from "./workload.ts"

/** A pod as written, or as its controller makes it. */
export interface Made {
  readonly name: string
  readonly metadata: Metadata
  readonly spec: PodSpec
  readonly startTimeMs: number | undefined
}

const ownedBy = (metadata: Metadata, kind: string, owner: Metadata): boolean =>
  (metadata.namespace ?? "default") === (owner.namespace ?? "default") &&
  (metadata.ownerReferences?.some((one) => one.controller === true && one.kind === kind && one.name === owner.name) ??
    false)

const daemonTolerations = ["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"]
  .map((name) => [name, "NoSchedule"] as const)
  .concat([["not-ready", "NoExecute"] as never, ["unreachable", "NoExecute"] as never])

const pinned = (spec: PodSpec, node: string): PodSpec => {
  const field = { matchFields: [{ key: "metadata.name", operator: "In" as const, values: [node] }] }
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms = (required?.nodeSelectorTerms ?? [{}]).map((term) => ({ ...term, ...field }))
  return {
    ...spec,
    affinity: {
      ...spec.affinity,
      nodeAffinity: {
        ...spec.affinity?.nodeAffinity,
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms }
      }
    },
    tolerations: [
      ...(spec.tolerations ?? []),
      ...daemonTolerations.map(([name, effect]) => ({
        key: `node.kubernetes.io/${name}`,
        operator: "Exists" as const,
        effect
      }))
    ]
  }
}

const wantedCount = (kind: string, { spec }: Workload): number =>
  kind === "Job" ? Math.min(spec.parallelism ?? 1, spec.completions ?? spec.parallelism ?? 1) : (spec.replicas ?? 1)

/** The pods a controller still has to make, beside those that are already there. */
export const expandWorkload = (
  kind: string,
  workload: Workload,
  existing: ReadonlyArray<Made>,
  workloads: ReadonlyArray<{ readonly kind: string; readonly read: Workload }>,
  nodes: ReadonlyArray<KubeNode>
): ReadonlyArray<Made> => {
  const { metadata, spec } = workload
  // A deployment whose replica sets are given too leaves the pods to them.
  if (kind === "Deployment" && workloads.some(({ read }) => ownedBy(read.metadata, kind, metadata))) return []
  const name = metadata.name ?? ""
  const ownerKind = kind === "Deployment" ? "ReplicaSet" : kind
  const made = (suffix: string, podSpec: PodSpec): Made => ({
    name: `${name}-${suffix}`,
    metadata: {
      ...spec.template.metadata,
      namespace: metadata.namespace,
      ownerReferences: [{ kind: ownerKind, name, controller: true }]
    },
    spec: podSpec,
    startTimeMs: undefined
  })
  const there = existing.filter((one) => ownedBy(one.metadata, ownerKind, metadata))
  if (kind === "DaemonSet") {
    const served = new Set(there.map((one) => one.spec.nodeName))
    return nodes
      .filter((node) => !served.has(node.name))
      .map((node) => made(node.name, pinned(spec.template.spec, node.name)))
  }
  const names = new Set(there.map((one) => one.name))
  const missing = Math.max(0, wantedCount(kind, workload) - there.length)
  const pods: Array<Made> = []
  for (let index = 0; pods.length < missing; index++) {
    if (!names.has(`${name}-${index}`)) pods.push(made(String(index), spec.template.spec))
  }
  return pods
}
