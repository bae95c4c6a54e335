import type { Labels } from "./Labels.ts"
import type { Market } from "./Offering.ts"
import type { Resources } from "./Resources.ts"
import type { Taint } from "./Taint.ts"

/** Where a node is in its life. `lost` is a node we own and cannot hear from: it is not gone. */
export type NodeState = "booting" | "ready" | "draining" | "stopped" | "lost" | "leaving" | "gone"

/** One machine as everybody sees it. */
export interface Node {
  readonly name: string
  /** The backend's own id. */
  readonly id: string
  readonly cluster: string
  readonly pool: string
  readonly state: NodeState
  readonly schedulable: boolean
  readonly instanceType: string
  readonly zone: string
  readonly market: Market
  readonly labels: Labels
  readonly taints: ReadonlyArray<Taint>
  readonly capacity: Resources
  readonly microUsdPerHour: number
  readonly createdAtMs: number
  readonly address?: string
  /** Fingerprint of what its pool asked for when it was made; differs once the pool's description has changed. */
  readonly template?: string
  /** Set when the backend has said it will take the node away. */
  readonly reclaimAtMs?: number
}
