import { Heap } from "./Heap.ts"

/** The queue's clocks. */
export interface QueueTimes {
  readonly initialBackoffMs: number
  readonly maxBackoffMs: number
  /** How long a refused pod waits for an event before it is tried anyway. */
  readonly unschedulableMaxMs: number
}

/** What a scheduler does that nobody configured. */
export const defaultQueueTimes: QueueTimes = {
  initialBackoffMs: 1_000,
  maxBackoffMs: 10_000,
  unschedulableMaxMs: 300_000
}

/** Backoffs end together, once a second, and then go in the order of the active queue. */
const windowMs = 1_000

/** A pod in the queue. */
interface Waiting {
  readonly pod: number
  readonly priority: number
  /** Refusals so far. */
  refusals: number
  /** When it came, or was last refused. */
  sinceMs: number
  backoffEndMs: number
  /** Breaks ties of equal time: the order of coming. */
  sequence: number
}

const isAhead = (left: Waiting, right: Waiting): boolean => {
  if (left.priority !== right.priority) return left.priority > right.priority
  if (left.sinceMs !== right.sinceMs) return left.sinceMs < right.sinceMs
  return left.sequence < right.sequence
}

const windowOf = (timeMs: number): number => timeMs - (timeMs % windowMs)

/** Which pod is tried next: those that may be tried, those that back off after a refusal, those that wait for a change. */
export class SchedulingQueue {
  readonly #times: QueueTimes
  readonly #active = new Heap<Waiting>(isAhead)
  readonly #backoff = new Heap<Waiting>((left, right) =>
    left.backoffEndMs === right.backoffEndMs ? isAhead(left, right) : left.backoffEndMs < right.backoffEndMs
  )
  readonly #unschedulable = new Map<number, Waiting>()
  readonly #gated = new Map<number, Waiting>()
  readonly #tried = new Map<number, Waiting>()
  #sequence = 0

  constructor(times: QueueTimes = defaultQueueTimes) {
    this.#times = times
  }

  /** How many pods wait, in each place. */
  get sizes(): Readonly<Record<"active" | "backoff" | "unschedulable" | "gated", number>> {
    return {
      active: this.#active.size,
      backoff: this.#backoff.size,
      unschedulable: this.#unschedulable.size,
      gated: this.#gated.size
    }
  }

  /** A new pod; a gated one stays out until it is ungated. */
  add(pod: number, priority: number, isGated: boolean, nowMs: number): void {
    const waiting = { pod, priority, refusals: 0, sinceMs: nowMs, backoffEndMs: 0, sequence: this.#sequence++ }
    if (isGated) this.#gated.set(pod, waiting)
    else this.#active.add(waiting)
  }

  /** Takes the gates of a pod away. */
  ungate(pod: number): void {
    const waiting = this.#gated.get(pod)
    if (waiting === undefined) return
    this.#gated.delete(pod)
    this.#active.add(waiting)
  }

  /** The pod to try now. With nothing else to do, one whose backoff is not over yet is tried early. */
  pop(nowMs: number): number | undefined {
    this.#endBackoffs(nowMs)
    const next = this.#active.take() ?? this.#backoff.take()
    if (next === undefined) return undefined
    this.#tried.set(next.pod, next)
    return next.pod
  }

  /** The tried pod was placed or is gone. */
  done(pod: number): void {
    this.#tried.delete(pod)
  }

  /** The tried pod was refused: it waits for something to change. */
  refused(pod: number, nowMs: number): void {
    const waiting = this.#tried.get(pod)
    if (waiting === undefined) throw new RangeError(`pod ${pod} was not tried`)
    this.#tried.delete(pod)
    waiting.refusals++
    waiting.sinceMs = nowMs
    waiting.backoffEndMs = windowOf(nowMs + this.#backoffMs(waiting.refusals))
    waiting.sequence = this.#sequence++
    this.#unschedulable.set(pod, waiting)
  }

  #backoffMs(refusals: number): number {
    const { initialBackoffMs, maxBackoffMs } = this.#times
    let backoffMs = initialBackoffMs
    for (let doubled = 1; doubled < refusals && backoffMs < maxBackoffMs; doubled++) backoffMs *= 2
    return Math.min(backoffMs, maxBackoffMs)
  }

  /** Something changed: refused pods that it may help are tried again, at once or after their backoff. */
  changed(mayHelp: (pod: number) => boolean, nowMs: number): void {
    for (const waiting of this.#unschedulable.values()) {
      if (mayHelp(waiting.pod)) this.#requeue(waiting, nowMs)
    }
  }

  /** Tries pods again that have waited too long for a change; the real scheduler looks every 30 seconds. */
  flush(nowMs: number): void {
    for (const waiting of this.#unschedulable.values()) {
      if (nowMs - waiting.sinceMs > this.#times.unschedulableMaxMs) this.#requeue(waiting, nowMs)
    }
  }

  #requeue(waiting: Waiting, nowMs: number): void {
    this.#unschedulable.delete(waiting.pod)
    if (this.#isBackingOff(waiting, nowMs)) this.#backoff.add(waiting)
    else this.#active.add(waiting)
  }

  #isBackingOff(waiting: Waiting, nowMs: number): boolean {
    return this.#times.maxBackoffMs > 0 && waiting.backoffEndMs >= windowOf(nowMs)
  }

  #endBackoffs(nowMs: number): void {
    for (let next = this.#backoff.first; next !== undefined; next = this.#backoff.first) {
      if (this.#isBackingOff(next, nowMs)) return
      this.#backoff.take()
      this.#active.add(next)
    }
  }
}
