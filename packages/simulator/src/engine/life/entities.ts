import type { RelocatablePod, RemovableNode, Resources } from "@orrery/core"
import type { KubeNode, PodClass } from "../profiles/kube/index.ts"
import type { Named } from "./LifeEvent.ts"
import type { GroupSpec, WorkloadSpec } from "./Scenario.ts"

/** Where a pod is in its life; one that ended is forgotten. */
export type PodState = "queued" | "starting" | "running" | "leaving" | "lost"

/** Where a node is in its life; one that is gone is forgotten. */
export type NodeState = "booting" | "ready" | "draining" | "deleting" | "lost"

/** A pod. */
export interface LifePod extends RelocatablePod, Named {
  readonly workload: Workload
  state: PodState
  node: LifeNode | undefined
  /** Its number in the scheduler's world, -1 outside. */
  slot: number
  devices: ReadonlyArray<number>
  readonly createdMs: number
  startedMs: number
  /** The event that is due for it, to be cancelled where it comes to nothing. */
  ticket: number
  /** Refused by the scheduler since this time; -1 before. */
  refusedMs: number
  /** Pods that leave to make room for this one. */
  awaited: number
  /** The node they leave. */
  nominated: LifeNode | undefined
  /** The pod that this one leaves for. */
  leavesFor: LifePod | undefined
}

/** Amounts that change in place. */
export type Amounts = { -readonly [kind in keyof Resources]: Resources[kind] }

/** A node. */
export interface LifeNode extends RemovableNode, Named {
  readonly spec: NodeGroup
  readonly kube: KubeNode
  readonly zone: number
  readonly requestedMs: number
  readonly used: Amounts
  readonly pods: Array<LifePod>
  isReady: boolean
  state: NodeState
  /** Which pod has each device; -1 for none. */
  readonly devices: Int32Array
  ticket: number
  drainStartedMs: number
}

/** A group with the nodes it wants and has. */
export interface NodeGroup extends Named {
  readonly spec: GroupSpec
  desired: number
  /** All its nodes that still exist or boot, lost ones left out. */
  size: number
  made: number
}

/** A workload and how far it is. */
export interface Workload extends Named {
  readonly spec: WorkloadSpec
  readonly podClass: PodClass
  readonly kind: string
  readonly request: Resources
  /** Its pods that are not leaving, oldest first. */
  readonly live: Set<LifePod>
  /** Pods that became ready lately, oldest first; the metrics know nothing of them yet. */
  readonly recent: Array<LifePod>
  arrived: boolean
  replicas: number
  running: number
  queued: number
  made: number
  succeeded: number
  failures: number
  isOver: boolean
  reconcileDue: boolean
}
