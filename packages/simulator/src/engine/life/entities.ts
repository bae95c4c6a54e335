import type { RelocatablePod, RemovableNode, Resources } from "@orrery/core"
import type { KubeNode, PodClass } from "../profiles/kube/index.ts"
import type { Amounts, WorldNode, WorldPod } from "../world/World.ts"
import type { Named } from "../world/WorldEvent.ts"
import type { GroupSpec, WorkloadSpec } from "./Scenario.ts"

/** A pod. */
export interface LifePod extends RelocatablePod, WorldPod<LifeNode> {
  readonly workload: Workload
  /** What the scheduler takes it for. */
  readonly podClass: PodClass
  /** The only node it is for. */
  readonly target: LifeNode | undefined
  /** Its number in the scheduler's world, -1 outside. */
  slot: number
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

/** A node. */
export interface LifeNode extends RemovableNode, WorldNode<LifePod> {
  readonly pool: NodeGroup
  readonly kube: KubeNode
  readonly zone: number
  readonly requestedMs: number
  readonly used: Amounts
  readonly pods: Array<LifePod>
  isReady: boolean
  /** It runs and does not answer: nobody hears what becomes of its pods. */
  isSilent: boolean
  silentSinceMs: number
  /** What happened meanwhile to its pods. */
  readonly unheard: Array<{ readonly action: number; readonly pod: LifePod }>
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
  /** No two of its pods share a node. */
  readonly apart: boolean
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
