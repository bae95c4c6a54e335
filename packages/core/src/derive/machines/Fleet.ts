import { type Effect, Semaphore } from "effect"
import type { Progress } from "../../loop/apply.ts"
import type { Hosts } from "../../ports/Hosts.ts"
import type { Machines } from "../../ports/Machines.ts"
import type { ComputeError } from "../../service/ComputeError.ts"
import { remembering } from "./remembering.ts"
import { SoldOut } from "./SoldOut.ts"

/** How machines are managed; every setting has a default that does for most clouds. */
export interface FleetOptions {
  /** The pace at which things are looked at while something is waited for or watched. */
  readonly everyMs?: number
  /** How long a call waits for a cluster to become what was asked for. */
  readonly convergeMsMax?: number
  /** Whether calls wait until machines serve. Without, they begin it, and the control loop ends it. */
  readonly waits?: boolean
  /** The pace of the control loop: repair, leases, orphans. Left out, there is none. */
  readonly controlEveryMs?: number
  /** How long a machine may be silent before it counts as lost. */
  readonly lostAfterMs?: number
  /** How far a list of machines may lag behind what was done. */
  readonly lagMsMax?: number
  /** How long what was sold out is tried only where there is nothing else. */
  readonly soldOutMs?: number
  readonly onProgress?: (cluster: string, progress: Progress) => Effect.Effect<void>
}

/** What all parts of the derived cluster manager share. Nothing in it would be missed after a crash. */
export interface Fleet {
  readonly machines: Machines["Service"]
  /** Present where the machines can also be logged in to; then nodes are emptied before they go. */
  readonly hosts: Hosts["Service"] | undefined
  readonly settings: Required<Omit<FleetOptions, "controlEveryMs" | "onProgress">> & FleetOptions
  /** Since when machines have been silent, by id. */
  readonly silentSinceMs: Map<string, number>
  readonly soldOut: SoldOut
  /** Clusters this process has taken charge of, so that it renews their leases. */
  readonly inCharge: Set<string>
  /** Lets one pass at a time work on a cluster. */
  readonly locked: (cluster: string) => <A>(work: Effect.Effect<A, ComputeError>) => Effect.Effect<A, ComputeError>
}

/** A fleet of which nothing is known yet. */
export const makeFleet = (
  machines: Machines["Service"],
  hosts: Hosts["Service"] | undefined,
  options: FleetOptions
): Fleet => {
  const locks = new Map<string, Semaphore.Semaphore>()
  const lockOf = (cluster: string): Semaphore.Semaphore => {
    const lock = locks.get(cluster) ?? Semaphore.makeUnsafe(1)
    locks.set(cluster, lock)
    return lock
  }
  const settings = {
    everyMs: 5_000,
    convergeMsMax: 1_200_000,
    waits: true,
    lostAfterMs: 300_000,
    lagMsMax: 60_000,
    soldOutMs: 180_000,
    ...options
  }
  return {
    machines: remembering(machines, settings.lagMsMax),
    hosts,
    settings,
    silentSinceMs: new Map(),
    soldOut: new SoldOut(settings.soldOutMs),
    inCharge: new Set(),
    locked: (cluster) => (work) => lockOf(cluster).withPermit(work)
  }
}
