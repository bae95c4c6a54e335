import { type Clock, Duration, Effect } from "effect"
import { eventClasses, type VirtualTime } from "./VirtualTime.ts"

const nanosPerMilli = 1_000_000n

/** Time as programs see it: sleeping is an entry in the agenda. Whole milliseconds, rounded up once, here. */
export const simClock = (time: VirtualTime): Clock.Clock => {
  const nanos = () => BigInt(time.nowMs) * nanosPerMilli
  return {
    currentTimeMillisUnsafe: () => time.nowMs,
    currentTimeMillis: Effect.sync(() => time.nowMs),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) => sleepMs(time, Math.ceil(Duration.toMillis(duration)))
  }
}

const sleepMs = (time: VirtualTime, delayMs: number): Effect.Effect<void> => {
  if (delayMs <= 0) return Effect.yieldNow
  if (!Number.isFinite(delayMs)) return Effect.never
  return Effect.callback<void>((resume) => {
    const due = time.after(delayMs, eventClasses.program, () => resume(Effect.void))
    return Effect.sync(() => time.cancel(due))
  })
}
