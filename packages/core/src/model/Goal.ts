import type { ClusterSpec } from "./ClusterSpec.ts"

/** What is wanted of one cluster, as it is kept at the provider beside the machines. */
export interface Goal {
  readonly spec: ClusterSpec
  /** Wanted nodes per pool, within the pool's bounds; autoscaling changes these and nothing else. */
  readonly sizes: Readonly<Record<string, number>>
  /** Counts up with every change, so that an older write can be told from a newer one. */
  readonly generation: number
  /** Set once deletion was asked for: from then on the cluster only shrinks, also after a crash. */
  readonly deleting: boolean
}
