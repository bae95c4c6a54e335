import { Clock, Effect, Semaphore, Stream } from "effect"
import { type Middleware, middleware } from "./Around.ts"

/** How much is asked of a backend at once. */
export interface LimitOptions {
  /** Calls under way at the same time. A stream counts only while it is opened. */
  readonly concurrentMax?: number
  /** Calls begun each second, evenly spaced once `burst` are used up. */
  readonly perSecond?: number
  readonly burst?: number
}

/** When the next call may begin, by counting the time each one uses up. */
const makePace = (perSecond: number, burst: number): Effect.Effect<void> => {
  let usedUntilMs = 0
  return Effect.flatMap(Clock.currentTimeMillis, (nowMs) => {
    const spacingMs = 1_000 / perSecond
    usedUntilMs = Math.max(usedUntilMs, nowMs) + spacingMs
    const waitMs = Math.ceil(usedUntilMs - burst * spacingMs - nowMs)
    return waitMs > 0 ? Effect.sleep(waitMs) : Effect.void
  })
}

/** Holds calls back so that the backend is not asked too often, or too much at once. */
export const limit = ({ burst = 20, concurrentMax = 64, perSecond = 100 }: LimitOptions = {}): Middleware => {
  const pace = makePace(perSecond, burst)
  const atOnce = Semaphore.makeUnsafe(concurrentMax)
  return middleware({
    effect: (_operation, _args, call) => atOnce.withPermit(Effect.flatMap(pace, () => call)),
    stream: (_operation, _args, call) => Stream.unwrap(Effect.as(atOnce.withPermit(pace), call))
  })
}
