import { type CountOrPercent, countOf } from "../model/UpdatePolicy.ts"

/** How many more and how many fewer than wanted there may be while things are replaced. */
export interface ReplacementBounds {
  readonly surge: number
  readonly unavailable: number
}

/** Both bounds for `wanted` things. Where both shares round to nothing, one may be missing: else nothing could ever move. */
export const replacementBounds = (
  policy: { readonly maxSurge: CountOrPercent; readonly maxUnavailable: CountOrPercent },
  wanted: number
): ReplacementBounds => {
  const surge = countOf(policy.maxSurge, wanted, "up")
  const unavailable = countOf(policy.maxUnavailable, wanted, "down")
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}
