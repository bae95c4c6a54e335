import type { ClusterSpec, NodePool, Problem } from "@orrery/core"
import type { WireObject } from "../objects/wire.ts"

/** A thing that another names. */
export interface Reference {
  readonly group: string
  readonly kind: string
  readonly name: string
}

/** Who makes machines for this cluster, asked through its API server. */
export type MachinesConfig =
  /**
   * Karpenter: pools are its NodePools, which take what else a machine needs from this class. A pool whose bounds are equal
   * is a static one, for which Karpenter has the feature gate `StaticCapacity`.
   */
  | { readonly by: "karpenter"; readonly nodeClass: Reference }
  /**
   * Cluster API: pools are MachineDeployments of the management cluster that this API server is. For nodes to tell their
   * pool, its controller must hand labels on: `--additional-sync-machine-labels=orrery/.*`.
   */
  | {
      readonly by: "cluster-api"
      readonly namespace: string
      /** The Cluster that the machines join. */
      readonly cluster: string
      readonly bootstrap: Reference
      readonly infrastructure: Reference
    }

/** One pool as it is to be. */
export interface WantedPool {
  readonly spec: ClusterSpec
  readonly pool: NodePool
  readonly size: number
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** By these its nodes tell which cluster and pool they are of. */
  readonly nodeLabels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** Says pools in the words of whoever makes the machines. */
export interface MachineMaker {
  readonly title: string
  readonly kind: string
  /** Where its pools lie; one of them, or all. */
  readonly path: (name?: string) => string
  /** What of a specification it cannot keep. */
  readonly problems: (spec: ClusterSpec) => ReadonlyArray<Problem>
  /** Whether somebody else than us decides how large this pool is. */
  readonly sizesItself: (pool: NodePool) => boolean
  readonly manifest: (wanted: WantedPool) => object
  /** Where single machines lie; one of them, or all. */
  readonly machinePath: (name?: string) => string
  /** The node that a machine became. */
  readonly nodeOf: (machine: Machine) => string | undefined
}

/** One machine, as far as we look at it. */
export interface Machine extends WireObject {
  readonly status?: { readonly nodeName?: string; readonly nodeRef?: { readonly name?: string } }
}
