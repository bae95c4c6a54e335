import type { Candidacy } from "../filter/Filter.ts"

/** Above every rank, so that what pods prefer always comes first. */
export const rankMax = 100_000_000

/** How good a place is among those not refused: a whole number from 0 to below `rankMax`. */
export type Rank = (candidacy: Candidacy) => number
