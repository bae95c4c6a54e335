import type { ClusterSpec } from "./ClusterSpec.ts"
import type { Node } from "./Node.ts"

/** A cluster as it is: what was asked for and what was seen. */
export interface Cluster {
  readonly name: string
  readonly spec: ClusterSpec
  /** `converging` until what exists is what was asked for. */
  readonly state: "ready" | "converging" | "deleting"
  readonly nodes: ReadonlyArray<Node>
}

/** What happened to a cluster. */
export type ClusterEvent =
  | {
      readonly type: "NodeAdded" | "NodeReady" | "NodeChanged" | "NodeRemoved"
      readonly atMs: number
      readonly node: Node
    }
  | { readonly type: "ClusterChanged" | "ClusterDeleted"; readonly atMs: number; readonly cluster: string }
