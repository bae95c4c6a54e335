import { Context, type Effect } from "effect"
import type { Capabilities } from "../model/Capability.ts"
import type { Network } from "../model/ClusterSpec.ts"
import type { Goal } from "../model/Goal.ts"
import type { Labels } from "../model/Labels.ts"
import type { Market, Offering } from "../model/Offering.ts"
import type { Runtime } from "../model/Runtime.ts"
import type { Taint } from "../model/Taint.ts"
import type { ComputeError } from "../service/ComputeError.ts"

/** What marks a machine as ours, set in the same call that makes it. */
export interface Ownership {
  readonly cluster: string
  readonly pool: string
  /** The machine's name within the cluster, `pool-3`; free again once the machine is gone. */
  readonly machine: string
  /** Fingerprint of what the pool asked for, so that an outdated machine is known as such. */
  readonly template: string
}

/** One machine to rent. The same token again gives the same machine, never a second one. */
export interface LaunchRequest {
  readonly token: string
  readonly owner: Ownership
  readonly instanceType: string
  readonly market: Market
  readonly maxMicroUsdPerHour?: number
  readonly zone?: string
  readonly image?: string
  readonly diskBytes?: number
  readonly network: Network
  readonly labels: Labels
  readonly taints: ReadonlyArray<Taint>
  /** What runs containers on it; left out, what its image has. */
  readonly runtime?: Runtime
  /** cloud-init text run at first boot. */
  readonly userData?: string
  readonly leaseUntilMs?: number
}

/** A machine of ours as the cloud shows it, also for a while after its end. */
export interface Machine {
  readonly id: string
  readonly owner: Ownership
  /** The token it was launched with, where the cloud tells it. */
  readonly token?: string
  readonly state: "pending" | "running" | "stopping" | "stopped" | "terminating" | "terminated"
  readonly instanceType: string
  readonly zone: string
  readonly market: Market
  readonly address?: string
  readonly launchedAtMs: number
  readonly leaseUntilMs?: number
  readonly cordoned: boolean
  /** It was there before us: shown and taken into service, and never ended, replaced or paid for by us. */
  readonly standing?: boolean
  /** Set when the cloud says it will take the machine away. */
  readonly reclaimAtMs?: number
}

/** A goal as it was read; `version` lets a write fail if somebody wrote meanwhile. */
export interface StoredGoal {
  readonly goal: Goal
  readonly version: string
}

/** What a cloud that rents machines must offer. It translates; it does not decide, retry or log. */
export class Machines extends Context.Service<
  Machines,
  {
    readonly backend: string
    readonly capabilities: Capabilities
    /** What can be rented; of these types only, where they are given (a cloud has hundreds). */
    readonly offerings: (
      region: string | undefined,
      instanceTypes?: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<Offering>, ComputeError>
    /** Every machine marked as this cluster's (or as any of ours). All pages; fails rather than give a part. */
    readonly observe: (cluster?: string) => Effect.Effect<ReadonlyArray<Machine>, ComputeError>
    /** Rents one machine, marked at creation. Known tokens give back their machine, whatever its state is by now. */
    readonly launch: (request: LaunchRequest) => Effect.Effect<Machine, ComputeError>
    /** Ends machines of ours; those already gone count as done. */
    readonly terminate: (ids: ReadonlyArray<string>) => Effect.Effect<void, ComputeError>
    readonly start: (id: string) => Effect.Effect<void, ComputeError>
    readonly stop: (id: string) => Effect.Effect<void, ComputeError>
    /** Rewrites the marks that may change in a machine's life. */
    readonly mark: (
      id: string,
      marks: { readonly cordoned?: boolean; readonly leaseUntilMs?: number }
    ) => Effect.Effect<void, ComputeError>
    /** The goals of our clusters, kept at the provider: there is no other state. */
    readonly goals: {
      readonly list: Effect.Effect<ReadonlyArray<StoredGoal>, ComputeError>
      readonly read: (cluster: string) => Effect.Effect<StoredGoal | undefined, ComputeError>
      /** Fails with `Stale` where `expected` is not the current version; `undefined` expects that there is none. */
      readonly write: (goal: Goal, expected: string | undefined) => Effect.Effect<StoredGoal, ComputeError>
      readonly remove: (cluster: string) => Effect.Effect<void, ComputeError>
    }
    /** What must exist before the first machine and go after the last one. Both idempotent; `remove` fails with `Leftovers`. */
    readonly prerequisites: {
      readonly ensure: (cluster: string, network: Network) => Effect.Effect<Network, ComputeError>
      readonly remove: (cluster: string) => Effect.Effect<void, ComputeError>
    }
  }
>()("@orrery/core/Machines") {}
