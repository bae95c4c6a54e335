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
  readonly devices: Map<number, BookedPod>
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
  taken(node: BookedNode): { readonly cpuMilli: number; readonly memoryMib: number; readonly gpus: number } {
    let cpuMilli = 0
    let memoryMib = 0
    let gpus = 0
    for (const { workload } of node.pods) {
      cpuMilli += workload.spec.cpuMilli
      memoryMib += workload.spec.memoryMib
      gpus += workload.spec.gpus
    }
    return { cpuMilli, memoryMib, gpus }
  }

  /** Nodes of a group that exist or boot. */
  sizeOf(group: GroupSpec): number {
    let size = 0
    for (const node of this.nodes.values()) if (node.group === group) size += 1
    return size
  }
}
