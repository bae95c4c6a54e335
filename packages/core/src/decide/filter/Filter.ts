import type { Pod } from "../../model/Snapshot.ts"
import type { Occupancy, Place } from "../Occupancy.ts"

/** A pod, a place it might go to, and all other places. */
export interface Candidacy {
  readonly pod: Pod
  readonly place: Place
  readonly occupancy: Occupancy
  readonly policy: PlacePolicy
}

/** How pods are placed. */
export interface PlacePolicy {
  /** `bestFit` fills nodes up, so that others can go; `spread` keeps equal pods apart. */
  readonly rank: "bestFit" | "spread"
  /** Whether pods listen on their node's own ports, so that no two on a node may want the same. */
  readonly nodePorts: boolean
}

/** Why a place is out of the question; nothing where it is not. */
export type Filter = (candidacy: Candidacy) => { readonly code: string; readonly why: string } | undefined
