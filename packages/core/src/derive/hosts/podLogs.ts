import { Effect, Queue, Result, Stream } from "effect"
import type { LogLine, LogOptions } from "../../model/Log.ts"
import type { Hosts, PodRef } from "../../ports/Hosts.ts"
import type { ComputeError } from "../../service/ComputeError.ts"

type Port = Hosts["Service"]

/** A stream that says nothing for so long is opened anew: it may be dead, and that costs one call. */
const silenceMsMax = 90_000
/** A stream that breaks so often in a row, without a line between, has failed. */
const breaksMax = 20

/** How far the lines were told: the time of the last one, and how many bear just that time. */
class Told {
  #lastAtMs: number | undefined
  #atLast = 0
  /** Lines of the stream that is open now, which the one before has told already. */
  #known = 0

  /** What to ask the next stream for: to go on where the last one stopped. */
  next(options: LogOptions): LogOptions {
    this.#known = this.#atLast
    if (this.#lastAtMs === undefined) return options
    const { tail: _, ...rest } = options
    return { ...rest, sinceMs: this.#lastAtMs }
  }

  isNews({ atMs }: LogLine): boolean {
    const isLast = atMs === this.#lastAtMs
    if (isLast && this.#known > 0) {
      this.#known -= 1
      return false
    }
    this.#atLast = isLast ? this.#atLast + 1 : 1
    this.#lastAtMs = atMs
    return true
  }

  /** Lines without times do not say where to go on. */
  get canGoOn(): boolean {
    return this.#lastAtMs !== undefined || this.#atLast === 0
  }
}

/** Whether nothing more will be printed. A host that does not answer says nothing of it. */
const isOver = (hosts: Port, { name, namespace, node }: PodRef): Effect.Effect<boolean> =>
  Effect.map(Effect.result(hosts.pods), (look) => {
    if (Result.isFailure(look)) return false
    const { pods, silent } = look.success
    const pod = pods.find((one) => one.node === node && one.namespace === namespace && one.name === name)
    return pod === undefined ? !silent.includes(node) : pod.state === "succeeded" || pod.state === "failed"
  })

/** What goes on being told of one pod: opened again and again until a stream that was opened after its end has ended. */
const follow = (
  hosts: Port,
  pod: PodRef,
  options: LogOptions,
  { everyMs, tell }: { readonly everyMs: number; readonly tell: (line: LogLine) => Effect.Effect<unknown> }
): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const told = new Told()
    for (let breaks = 0; ; ) {
      const wasOver = yield* isOver(hosts, pod)
      const stream = hosts.logs(pod, told.next(options)).pipe(Stream.timeout(silenceMsMax))
      const outcome = yield* Effect.result(
        Stream.runForEach(stream, (line) => {
          if (!told.isNews(line)) return Effect.void
          breaks = 0
          return tell(line)
        })
      )
      if (Result.isSuccess(outcome)) {
        if (wasOver) return
      } else {
        const { failure } = outcome
        if (wasOver && failure.reason._tag === "NotFound") return
        breaks += 1
        if (failure.retry === "never" || !told.canGoOn || breaks > breaksMax) return yield* failure
      }
      yield* Effect.sleep(everyMs)
    }
  })

/**
 * The lines of one pod as it prints them, until it ends. A stream that breaks, closes too early or falls silent is opened
 * anew where it stopped, so that each line is told once; for that its lines must bear their times.
 */
const followed = (
  hosts: Port,
  pod: PodRef,
  options: LogOptions,
  everyMs: number
): Stream.Stream<LogLine, ComputeError> =>
  Stream.callback<LogLine, ComputeError>((queue) =>
    Effect.andThen(follow(hosts, pod, options, { everyMs, tell: (line) => Queue.offer(queue, line) }), Queue.end(queue))
  )

/** What several pods print: one after the other, or side by side where they are followed. */
export const podLogs = (
  hosts: Port,
  pods: ReadonlyArray<PodRef>,
  options: LogOptions = {},
  everyMs: number
): Stream.Stream<LogLine, ComputeError> =>
  options.follow === true
    ? Stream.mergeAll(
        pods.map((pod) => followed(hosts, pod, options, everyMs)),
        { concurrency: "unbounded" }
      )
    : Stream.mergeAll(
        pods.map((pod) => hosts.logs(pod, options)),
        { concurrency: 1 }
      )
