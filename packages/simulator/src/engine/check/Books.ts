import type { GroupSpec, WorkloadSpec } from "../life/Scenario.ts"

/** A pod as far as events told. */
export interface BookedPod {
  readonly id: number
  readonly workload: BookedWorkload
  state: "queued" | "starting" | "running" | "leaving" | "lost"
  sinceMs: number
  node: BookedNode | undefined
}

/** A node as far as events told. */
export interface BookedNode {
  readonly id: number
  readonly group: GroupSpec
  readonly requestedMs: number
  state: "booting" | "ready" | "closed" | "lost"
  readonly pods: Set<BookedPod>
  /** What pods have of each GPU, in thousandths. */
  readonly gpus: Map<number, Map<BookedPod, number>>
  readyMs: number
  isSilent: boolean
}

/** A workload as far as events told. */
export interface BookedWorkload {
  readonly spec: WorkloadSpec
  readonly pods: Set<BookedPod>
  replicas: number
  succeeded: number
  isOver: boolean
}

/** Own books of everything, kept from events and the scenario alone. */
export class Books {
  readonly pods = new Map<number, BookedPod>()
  readonly nodes = new Map<number, BookedNode>()
  readonly workloads: ReadonlyMap<string, BookedWorkload>
  readonly groups: ReadonlyMap<string, GroupSpec>
  /** When a pod of the namespace was last over. */
  readonly freedMs = new Map<string, number>()
  microUsd = 0n

  constructor(workloads: ReadonlyArray<WorkloadSpec>, groups: ReadonlyArray<GroupSpec>) {
    this.groups = new Map(groups.map((group) => [group.name, group]))
    this.workloads = new Map(
      workloads.map((spec) => [
        spec.name,
        {
          spec,
          pods: new Set(),
          replicas: spec.kind === "deployment" ? spec.replicas : 0,
          succeeded: 0,
          isOver: false
        }
      ])
    )
  }

  /** All pods of a namespace that are not over. */
  podsOf(namespace: string): ReadonlyArray<BookedPod> {
    return [...this.workloads.values()].flatMap(({ pods, spec }) => (spec.namespace === namespace ? [...pods] : []))
  }

  /** What is wanted by the pods on a node, added up anew. */
  taken(node: BookedNode): { readonly cpuMilli: number; readonly memoryMib: number; readonly gpuMilli: number } {
    let cpuMilli = 0
    let memoryMib = 0
    let gpuMilli = 0
    for (const { workload } of node.pods) {
      cpuMilli += workload.spec.cpuMilli
      memoryMib += workload.spec.memoryMib
      gpuMilli += workload.spec.gpuMilli
    }
    return { cpuMilli, memoryMib, gpuMilli }
  }

  /** Nodes of a group that exist or boot. */
  sizeOf(group: GroupSpec): number {
    let size = 0
    for (const node of this.nodes.values()) if (node.group === group) size += 1
    return size
  }
}

/** Whether pods of the workload have business on nodes of the group at all. */
export const belongs = (spec: WorkloadSpec, group: GroupSpec): boolean =>
  (spec.group === "" || spec.group === group.name) &&
  group.taints.every((taint) => spec.tolerates.includes(taint)) &&
  (spec.gpuMilli === 0 || Math.min(spec.gpuMilli, 1_000) === group.gpuShareMilli)

/** Whether a pod of the workload may be beside no other of its own. */
export const isAlone = (spec: WorkloadSpec): boolean =>
  spec.kind === "daemon" || (spec.kind === "deployment" && spec.apart)
