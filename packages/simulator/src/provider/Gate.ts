import {
  because,
  type ComputeError,
  type Reason,
  Stale,
  Throttled,
  TimedOut,
  Unauthenticated,
  Unavailable
} from "@orrery/core"
import { Effect, Result } from "effect"
import { uniformInteger } from "../engine/math/sample.ts"
import { type Due, eventClasses } from "../time/VirtualTime.ts"
import { Credentials } from "./Credentials.ts"
import { lookBackMsMax } from "./History.ts"
import type { World } from "./World.ts"

/** One call of a port: what it is called, and what can go wrong with it beyond the usual. */
export interface Call<A> {
  readonly operation: string
  /** The effect on the world, at one moment. */
  readonly work: () => Result.Result<A, Reason>
  /** Does a part of it, where a part can be done. */
  readonly part?: () => void
  /** It names the version that it replaces. */
  readonly conditional?: boolean
  /** It does no harm when it takes effect long after its caller was told that it failed. */
  readonly mayComeLate?: boolean
}

/** What the caller is told, and how much later than usual. */
interface Answer<A> {
  readonly result: Result.Result<A, ComputeError>
  readonly afterMs: number
}

const retryAfterMsMax = 5_000
const lateMsMax = 20_000
/** A client that hears nothing for so long gives up. */
const clientPatienceMs = 30_000

/** The way into the simulated backend: calls take time, are throttled, fail before or after their effect, and read late. */
export class Gate {
  private readonly world: World
  private readonly limited: boolean
  private readonly credentials: Credentials
  /** Thousandths of calls that may be made now. */
  private allowance: number
  private filledAtMs = 0

  constructor(world: World) {
    this.world = world
    this.credentials = new Credentials(world)
    this.allowance = world.profile.callsBurst * 1000
    this.limited = world.profile.callsBurst < 1_000_000
  }

  /** Makes a call. */
  call<A>(call: Call<A>): Effect.Effect<A, ComputeError> {
    return Effect.suspend(() => {
      // who is refused for old credentials renews them and asks again: twice the way
      const trips = this.credentials.renewIfExpired() ? 2 : 1
      const takesMs = trips * this.lengthMs(call.operation)
      if (takesMs === 0) {
        const { afterMs, result } = this.answer(call)
        return afterMs === 0 ? Effect.fromResult(result) : Effect.delay(Effect.fromResult(result), afterMs)
      }
      const thereMs = Math.floor(takesMs / 2)
      return Effect.callback<A, ComputeError>((resume) => {
        let due = this.later(thereMs, () => {
          const { afterMs, result } = this.answer(call)
          due = this.later(takesMs - thereMs + afterMs, () => resume(Effect.fromResult(result)))
        })
        return Effect.sync(() => this.world.time.cancel(due))
      })
    })
  }

  private later(delayMs: number, action: () => void): Due {
    return this.world.time.after(delayMs, eventClasses.program, action)
  }

  /** How long ago the state is that this read shows. */
  lagMs(operation: string): number {
    const { readLagMs } = this.world.profile
    if (this.world.dice.hitsCall(operation, "staleReadPerMille"))
      return uniformInteger(this.world.streams.named(`lag/${operation}`), 1, lookBackMsMax / 2)
    return readLagMs.max === 0
      ? 0
      : uniformInteger(this.world.streams.named(`lag/${operation}`), readLagMs.min, readLagMs.max)
  }

  private lengthMs(operation: string): number {
    const { callMs } = this.world.profile
    const latency = this.world.streams.named(`call/${operation}`)
    return callMs.max === 0 ? 0 : uniformInteger(latency, callMs.min, callMs.max)
  }

  /** What happens where the call arrives, and what is told of it. */
  private answer<A>(call: Call<A>): Answer<A> {
    const before = this.refusal(call)
    if (before !== undefined) return this.fail(call, before)
    const { dice } = this.world
    if (call.part !== undefined && dice.hitsCall(call.operation, "partialPerMille")) {
      call.part()
      return this.fail(call, this.unavailable(call, "the connection broke halfway"))
    }
    if (call.mayComeLate === true && dice.hitsCall(call.operation, "latePerMille")) {
      const afterMs = uniformInteger(this.world.streams.named("late"), 1, lateMsMax)
      this.world.after(afterMs, () => void call.work())
      return this.fail(call, this.unavailable(call, "the connection broke while the request was held up"))
    }
    if (dice.hitsCall(call.operation, "silentPerMille")) return this.silence(call)
    const first = call.work()
    const done = dice.hitsCall(call.operation, "duplicatedPerMille") ? call.work() : first
    if (Result.isSuccess(done) && dice.hitsCall(call.operation, "replyLostPerMille"))
      return this.fail(call, this.unavailable(call, "the connection broke before the answer"))
    return { afterMs: 0, result: Result.mapError(done, because) }
  }

  /** Says nothing until the client gives up; whether it was done nobody learns. */
  private silence<A>(call: Call<A>): Answer<A> {
    if (this.world.streams.named("silence").below(2) === 0) call.work()
    const at = { backend: this.world.profile.name, operation: call.operation }
    const reason = new TimedOut({ ...at, detail: "an answer", afterMs: clientPatienceMs })
    return { ...this.fail(call, reason), afterMs: clientPatienceMs }
  }

  private refusal<A>(call: Call<A>): Reason | undefined {
    const { dice, profile } = this.world
    const at = { backend: profile.name, operation: call.operation }
    const closed = this.closure()
    if (closed === "credentials") return new Unauthenticated({ ...at, detail: "the credentials have expired" })
    if (closed === "no answer") return this.unavailable(call, "no answer")
    const hits = (fault: Parameters<typeof dice.hitsCall>[1]) => dice.hitsCall(call.operation, fault)
    if (this.isOverLimit()) return new Throttled({ ...at, retryAfterMs: Math.ceil(1000 / profile.callsPerSecond) })
    if (hits("throttledPerMille")) return new Throttled(at)
    if (hits("throttledWithRetryAfterPerMille")) {
      const retryAfterMs = uniformInteger(this.world.streams.named("retryAfter"), 1, retryAfterMsMax)
      return new Throttled({ ...at, retryAfterMs })
    }
    if (hits("unavailablePerMille")) return this.unavailable(call, "no answer")
    if (call.conditional === true && hits("stalePerMille"))
      return new Stale({ ...at, detail: "the version does not match" })
    return undefined
  }

  private closure() {
    const { faults, time } = this.world
    return faults.closures.find(({ fromMs, untilMs }) => fromMs <= time.elapsedMs && time.elapsedMs < untilMs)?.because
  }

  /** A bucket of calls that fills up again at the profile's pace. */
  private isOverLimit(): boolean {
    if (!this.limited) return false
    const { callsBurst, callsPerSecond } = this.world.profile
    const nowMs = this.world.time.elapsedMs
    this.allowance = Math.min(callsBurst * 1000, this.allowance + (nowMs - this.filledAtMs) * callsPerSecond)
    this.filledAtMs = nowMs
    if (this.allowance < 1000) return true
    this.allowance -= 1000
    return false
  }

  private unavailable<A>(call: Call<A>, detail: string): Reason {
    return new Unavailable({ backend: this.world.profile.name, operation: call.operation, detail })
  }

  private fail<A>({ operation }: Call<A>, reason: Reason): Answer<never> {
    this.world.note("fault", operation, reason._tag)
    return { afterMs: 0, result: Result.fail(because(reason)) }
  }
}
