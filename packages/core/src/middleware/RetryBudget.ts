import { Clock, Effect } from "effect"

/** How many retries may be saved up, and how many come back each second. */
export interface RetryBudgetOptions {
  readonly retriesMax: number
  readonly retriesPerSecond: number
}

/** Retries shared by many calls, so that a backend in trouble is not asked ever more often. */
export interface RetryBudget {
  /** Takes one retry; false where none is left. */
  readonly take: Effect.Effect<boolean>
}

/** A bucket of retries that fills up with time. It counts in thousandths, so that whole milliseconds are exact. */
export const makeRetryBudget = ({ retriesMax, retriesPerSecond }: RetryBudgetOptions): RetryBudget => {
  const fullMilli = retriesMax * 1_000
  let leftMilli = fullMilli
  let filledAtMs: number | undefined
  return {
    take: Effect.map(Clock.currentTimeMillis, (time) => {
      const nowMs = Math.floor(time)
      const passedMs = Math.max(0, nowMs - (filledAtMs ?? nowMs))
      leftMilli = Math.min(fullMilli, leftMilli + passedMs * retriesPerSecond)
      filledAtMs = nowMs
      if (leftMilli < 1_000) return false
      leftMilli -= 1_000
      return true
    })
  }
}
