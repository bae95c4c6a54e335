import { Effect, Stream } from "effect"
import { because, type ComputeError, Exhausted, type Reason } from "../service/ComputeError.ts"
import { type Around, type Middleware, middleware, type Operation } from "./Around.ts"
import { growingDelay } from "./growingDelay.ts"
import { makeRetryBudget, type RetryBudget } from "./RetryBudget.ts"

/** How failed calls are tried again. */
export interface RetryOptions {
  /** Tries of one call, the first included. */
  readonly attemptsMax?: number
  readonly delayMs?: number
  readonly delayMsMax?: number
  /** Share one budget between several layers by giving the same one to each. */
  readonly budget?: RetryBudget
}

/** Calls that wait for something themselves have had their time when they fail after so long. */
const patienceMs = 60_000

/** What is the caller's to decide upon, by method: to read first, or to run a command twice. */
const callersTurn: Readonly<Record<string, ReadonlyArray<Reason["_tag"]>>> = {
  "goals.write": ["Stale"],
  "documents.write": ["Stale"],
  exec: ["Unavailable", "TimedOut"],
  attach: ["Unavailable", "TimedOut"],
  restart: ["Unavailable", "TimedOut"],
  ssh: ["Unavailable", "TimedOut"]
}

/** Calls that are given a deadline: to wait beyond it is the caller's to decide upon, too. */
const withDeadline = new Set([
  "ClusterManager.nodes.drain",
  "KubernetesAdmin.drain",
  "Kubernetes.awaitRollout",
  "Services.launch"
])
const lastWord = (name: string): string => name.slice(name.lastIndexOf(".") + 1)

/** Whether it was the call's own deadline that passed, and not that of a request within it. */
const isBeyondDeadline = ({ name }: Operation, reason: Reason): boolean =>
  reason._tag === "TimedOut" && withDeadline.has(name) && lastWord(reason.operation) === lastWord(name)

const hasWaited = (reason: Reason): boolean =>
  reason._tag === "Leftovers" || (reason._tag === "TimedOut" && reason.afterMs >= patienceMs)

const helps = (operation: Operation, { reason, retry }: ComputeError): boolean =>
  retry === "later" &&
  !hasWaited(reason) &&
  !isBeyondDeadline(operation, reason) &&
  callersTurn[operation.method]?.includes(reason._tag) !== true

/** Ever longer, and never sooner than the backend asked. Whole milliseconds. */
const delayOf = (error: ComputeError, attempt: number, delays: Required<Omit<RetryOptions, "budget">>) => {
  const asked = error.reason._tag === "Throttled" ? (error.reason.retryAfterMs ?? 0) : 0
  return Effect.map(growingDelay(attempt, delays), (delayMs) => Math.max(asked, delayMs))
}

const exhausted = (error: ComputeError, { backend, method }: Operation, attempts: number): ComputeError =>
  because(new Exhausted({ backend, operation: method, attempts, last: error.reason.what }))

const aroundRetry = (options: RetryOptions): Around => {
  const settings = { attemptsMax: 6, delayMs: 200, delayMsMax: 20_000, ...options }
  const budget = options.budget ?? makeRetryBudget({ retriesMax: 100, retriesPerSecond: 5 })
  /** Waits until the next try is due; fails where there is none. */
  const waitAfter = (operation: Operation, error: ComputeError, attempt: number): Effect.Effect<void, ComputeError> => {
    if (!helps(operation, error)) return Effect.fail(error)
    if (attempt >= settings.attemptsMax) return Effect.fail(exhausted(error, operation, attempt))
    return budget.take.pipe(
      Effect.flatMap((granted) =>
        granted ? delayOf(error, attempt, settings) : Effect.fail(exhausted(error, operation, attempt))
      ),
      Effect.flatMap((ms) => Effect.sleep(ms))
    )
  }
  return {
    effect: (operation, _args, call) => {
      const retried = (attempt: number): typeof call =>
        Effect.catch(call, (error) => Effect.flatMap(waitAfter(operation, error, attempt), () => retried(attempt + 1)))
      return retried(1)
    },
    // What was given out cannot be taken back, so that a stream begins again only where it has given nothing yet.
    stream: (operation, _args, call) =>
      Stream.suspend(() => {
        let given = false
        const watched = Stream.mapArray(call, (chunk) => {
          given = true
          return chunk
        })
        const retried = (attempt: number): typeof call =>
          Stream.catch(watched, (error) =>
            given
              ? Stream.fail(error)
              : Stream.unwrap(Effect.map(waitAfter(operation, error, attempt), () => retried(attempt + 1)))
          )
        return retried(1)
      })
  }
}

/**
 * Tries again what may work `later`: after a growing, jittered delay, not before the backend said so, within one budget
 * for all calls of all services of the Layer. Ends as `Exhausted`, which nobody further out tries again.
 */
export const retry = (options: RetryOptions = {}): Middleware => middleware(aroundRetry(options))
