import { fullness } from "./fullness.ts"
import type { Rank } from "./Rank.ts"

/** The fullest node that still takes the pod. */
export const bestFit: Rank = fullness
