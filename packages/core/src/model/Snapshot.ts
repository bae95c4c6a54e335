import type { Labels } from "./Labels.ts"
import type { Node } from "./Node.ts"
import type { PodSpec } from "./Pod.ts"

/** A pod as decisions see it. `node` is absent while it waits. */
export interface Pod {
  readonly name: string
  readonly namespace: string
  readonly labels: Labels
  readonly spec: PodSpec
  readonly node?: string
  readonly state: "waiting" | "starting" | "running" | "ready" | "leaving" | "succeeded" | "failed"
  /** The deployment or job it belongs to; a pod without one is not replaced when it goes. */
  readonly owner?: { readonly kind: "deployment" | "job"; readonly name: string }
  readonly createdAtMs: number
}

/** What was seen at one moment. Decisions take this and nothing else. */
export interface Snapshot {
  readonly takenAtMs: number
  readonly nodes: ReadonlyArray<Node>
  readonly pods: ReadonlyArray<Pod>
}
