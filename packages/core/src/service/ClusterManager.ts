import { Context, type Effect, type Stream } from "effect"
import type { Capabilities } from "../model/Capability.ts"
import type { Cluster, ClusterEvent } from "../model/Cluster.ts"
import type { ClusterSpec, ClusterUpdate } from "../model/ClusterSpec.ts"
import type { Node } from "../model/Node.ts"
import type { Plan } from "../model/Plan.ts"
import type { UpdatePolicy } from "../model/UpdatePolicy.ts"
import type { ComputeError } from "./ComputeError.ts"

/** What can be done with single nodes. Each is idempotent. */
export interface NodeOperations {
  /** All nodes, or those of one cluster. Complete: there is no page to forget. */
  readonly list: (cluster?: string) => Stream.Stream<Node, ComputeError>
  readonly get: (name: string) => Effect.Effect<Node, ComputeError>
  readonly cordon: (name: string) => Effect.Effect<void, ComputeError>
  readonly uncordon: (name: string) => Effect.Effect<void, ComputeError>
  /** Cordons, then moves pods away, keeping budgets; fails with what is left when the deadline passes. */
  readonly drain: (name: string, options?: { readonly deadlineMs?: number }) => Effect.Effect<void, ComputeError>
  /** Replaces a node that is lost or broken. */
  readonly repair: (name: string) => Effect.Effect<void, ComputeError>
  /** Takes the node away for good; its pool is filled up again by its goal. */
  readonly remove: (name: string) => Effect.Effect<void, ComputeError>
}

/** Machines: which exist, and making that match what is wanted. Knows nothing of containers. */
export class ClusterManager extends Context.Service<
  ClusterManager,
  {
    readonly backend: string
    readonly capabilities: Capabilities
    /** What `createCluster` would do to reach `spec`, with reasons, price and disruption. Changes nothing. */
    readonly plan: (spec: ClusterSpec) => Effect.Effect<Plan, ComputeError>
    /** Converges on `spec`. Running it twice is running it once. */
    readonly createCluster: (spec: ClusterSpec) => Effect.Effect<Cluster, ComputeError>
    readonly updateCluster: (name: string, update: ClusterUpdate) => Effect.Effect<Cluster, ComputeError>
    /** Sets one pool's wanted size, within its bounds. */
    readonly scalePool: (name: string, pool: string, size: number) => Effect.Effect<Cluster, ComputeError>
    readonly configureUpdates: (name: string, policy: UpdatePolicy) => Effect.Effect<void, ComputeError>
    /** Removes all that this cluster owns and nothing else; success when it was already gone. */
    readonly deleteCluster: (name: string) => Effect.Effect<void, ComputeError>
    readonly getCluster: (name: string) => Effect.Effect<Cluster, ComputeError>
    readonly listClusters: Stream.Stream<Cluster, ComputeError>
    /** Begins with what is there, then every change; ends when the cluster is gone. */
    readonly watchCluster: (name: string) => Stream.Stream<ClusterEvent, ComputeError>
    readonly nodes: NodeOperations
  }
>()("@orrery/core/ClusterManager") {}
