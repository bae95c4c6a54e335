import { EventHeap } from "./EventHeap.ts"
import { CANCELLED, EventPool, PENDING } from "./EventPool.ts"
import { Rung } from "./Rung.ts"

const NONE = -1
/** Ranks are class * RANKS_PER_CLASS + sequence: 256 classes of 3.5e13 events stay exact in a Number. */
const RANKS_PER_CLASS = 2 ** 45
const CLASSES = 256
const SLOTS_MAX = 2 ** 27
/** A bucket with no more events than this is ordered by the heap at once; a fuller one is spread over a finer rung. */
const NEAR_EVENTS_MAX = 48
/** Buckets of a new rung per event in it. Times bunch, so most buckets stay empty and the full ones hold a few. */
const BUCKETS_PER_EVENT = 4
const RUNGS_MAX = 12
/** Cancelled events are swept when they outnumber the live ones by this much. */
const SWEEP_SLACK = 1024

/** Names one scheduled event, for `cancel`. */
export type Ticket = number

export interface AgendaOptions {
  /** Events expected to be pending at once; the agenda grows by itself. */
  readonly capacity?: number
  /** Events of equal time and class come in an order drawn from this seed, not in the order of scheduling. */
  readonly tieSeed?: number
}

/**
 * What is still to happen, in a total order: time, then class, then the order of scheduling.
 *
 * A ladder queue: events far away lie unordered in buckets of time, and only those of the bucket that is due are put in
 * order, by a small heap that stays in the first-level cache. A plain heap of a million events misses the cache on most of
 * its levels. A bucket that is too full is spread over a finer rung, so no distribution of times costs more than the heap.
 */
export class Agenda {
  /** The time of the event taken last. */
  now = 0
  /** The class of the event taken last. */
  class = 0
  /** The payload of the event taken last. */
  payload = 0
  /** Events that are still to come. */
  size = 0

  private readonly pool: EventPool
  private readonly near = new EventHeap()
  /** Events before this time are in `near`. */
  private nearEnd = 0
  /** From the coarsest to the finest; only the first `depth` are in use. */
  private readonly rungs: Array<Rung> = []
  private depth = 0
  /** Events after the last rung. */
  private beyond = NONE
  private cancelled = 0
  private sequence = 0
  private readonly tieSeed: number | undefined

  constructor(options: AgendaOptions = {}) {
    this.pool = new EventPool(options.capacity ?? 1024)
    this.tieSeed = options.tieSeed
  }

  /** Puts an event at a whole `time`, not before `now`. `class` (0..255) orders equal times; `payload` is an int32 of the caller. */
  schedule(time: number, eventClass: number, payload: number): Ticket {
    if (!(time >= this.now && time <= Number.MAX_SAFE_INTEGER) || time !== Math.floor(time)) {
      throw new RangeError(`event time must be a whole number from ${this.now} to 2^53 - 1, got ${time}`)
    }
    if (eventClass >>> 0 !== eventClass || eventClass >= CLASSES) {
      throw new RangeError(`event class must be a whole number from 0 to ${CLASSES - 1}, got ${eventClass}`)
    }
    const order = this.tieSeed === undefined ? this.sequence : shuffled(this.sequence, this.tieSeed)
    this.sequence += 1
    const rank = eventClass * RANKS_PER_CLASS + order
    const slot = this.pool.claim(time, rank, payload)
    if (slot >= SLOTS_MAX) throw new RangeError(`more than ${SLOTS_MAX} pending events`)
    this.size += 1
    this.file(slot, time, rank)
    return this.pool.generation(slot) * SLOTS_MAX + slot
  }

  /** Takes back an event that is still to come; false when it already happened or was cancelled. */
  cancel(ticket: Ticket): boolean {
    const generation = Math.floor(ticket / SLOTS_MAX)
    const slot = ticket - generation * SLOTS_MAX
    if (!(slot >= 0 && slot < this.pool.used)) return false
    if (this.pool.state(slot) !== PENDING || this.pool.generation(slot) !== generation) return false
    this.pool.markCancelled(slot)
    this.size -= 1
    this.cancelled += 1
    if (this.cancelled > this.size + SWEEP_SLACK) this.sweep()
    return true
  }

  /** Moves to the next event: sets `now`, `class` and `payload`. False when nothing is left. */
  take(): boolean {
    if (!this.findFirst()) return false
    const slot = this.near.slots[0] as number
    this.now = this.near.times[0] as number
    this.class = Math.floor((this.near.ranks[0] as number) / RANKS_PER_CLASS)
    this.payload = this.pool.payload(slot)
    this.near.dropFirst()
    this.pool.release(slot)
    this.size -= 1
    return true
  }

  /** The time of the next event, or -1 when nothing is left. */
  nextTime(): number {
    return this.findFirst() ? (this.near.times[0] as number) : NONE
  }

  /** Records held in memory: the most events that ever waited at once, cancelled ones that were not swept yet included. */
  get recordsUsed(): number {
    return this.pool.used
  }

  /** Brings the first live event to the top of `near`. */
  private findFirst(): boolean {
    for (;;) {
      if (this.near.size === 0 && !this.refill()) return false
      if (this.cancelled === 0) return true
      const slot = this.near.slots[0] as number
      if (this.pool.state(slot) !== CANCELLED) return true
      this.near.dropFirst()
      this.drop(slot)
    }
  }

  /** Puts a record where its time belongs. */
  private file(slot: number, time: number, rank: number): void {
    if (time < this.nearEnd) {
      this.near.push(time, rank, slot)
      return
    }
    for (let level = this.depth - 1; level >= 0; level--) {
      const rung = this.rungs[level] as Rung
      if (time >= rung.end) continue
      const bucket = rung.bucketOf(time)
      this.pool.link(slot, rung.heads[bucket] as number)
      rung.heads[bucket] = slot
      return
    }
    this.pool.link(slot, this.beyond)
    this.beyond = slot
  }

  /** Loads the earliest bucket into the empty heap. */
  private refill(): boolean {
    while (this.depth > 0) {
      const rung = this.rungs[this.depth - 1] as Rung
      const head = rung.takeNext()
      this.nearEnd = rung.currentStart
      if (head === NONE) this.depth -= 1
      else if (this.fits(head) || rung.width === 1 || this.depth === RUNGS_MAX) {
        this.load(head)
        if (this.near.size > 0) return true
      } else this.spread(head, rung.currentStart - rung.width, rung.width)
    }
    return this.beyond !== NONE && this.refillFromBeyond()
  }

  private refillFromBeyond(): boolean {
    const head = this.beyond
    this.beyond = NONE
    let first = Number.POSITIVE_INFINITY
    let last = 0
    for (let slot = head; slot !== NONE; slot = this.pool.next(slot)) {
      const time = this.pool.time(slot)
      if (time < first) first = time
      if (time > last) last = time
    }
    if (this.fits(head)) {
      this.nearEnd = last + 1
      this.load(head)
      return this.near.size > 0 || this.refill()
    }
    this.spread(head, first, last + 1 - first)
    return this.refill()
  }

  private fits(head: number): boolean {
    let count = 0
    for (let slot = head; slot !== NONE; slot = this.pool.next(slot)) if (++count > NEAR_EVENTS_MAX) return false
    return true
  }

  /** Moves a list into the empty heap. */
  private load(head: number): void {
    const { pool, near } = this
    for (let slot = head; slot !== NONE; ) {
      const next = pool.next(slot)
      if (pool.state(slot) === CANCELLED) this.drop(slot)
      else near.append(pool.time(slot), pool.rank(slot), slot)
      slot = next
    }
    near.order()
  }

  /** Spreads a list over a new finest rung that covers `range` from `start` on. */
  private spread(head: number, start: number, range: number): void {
    let count = 0
    for (let slot = head; slot !== NONE; slot = this.pool.next(slot)) count += 1
    let width = 1
    while (range / width > count * BUCKETS_PER_EVENT) width *= 2
    if (this.depth === this.rungs.length) this.rungs.push(new Rung())
    const rung = this.rungs[this.depth++] as Rung
    rung.cover(start, width, Math.ceil(range / width))
    this.nearEnd = start
    const { pool } = this
    const { heads } = rung
    for (let slot = head; slot !== NONE; ) {
      const next = pool.next(slot)
      if (pool.state(slot) === CANCELLED) this.drop(slot)
      else {
        const bucket = rung.bucketOf(pool.time(slot))
        pool.link(slot, heads[bucket] as number)
        heads[bucket] = slot
      }
      slot = next
    }
  }

  private drop(slot: number): void {
    this.pool.release(slot)
    this.cancelled -= 1
  }

  /** Removes all cancelled records, and lays the live ones in one list to be spread anew. */
  private sweep(): void {
    this.near.size = 0
    this.nearEnd = this.now
    for (const rung of this.rungs) rung.clear()
    this.depth = 0
    this.beyond = NONE
    for (let slot = 0; slot < this.pool.used; slot++) {
      const state = this.pool.state(slot)
      if (state === CANCELLED) this.drop(slot)
      else if (state === PENDING) {
        this.pool.link(slot, this.beyond)
        this.beyond = slot
      }
    }
  }
}

/** A bijection of the low 32 bits of a sequence number: ties come in a random order that is still total. */
const shuffled = (sequence: number, seed: number): number => {
  const low = sequence >>> 0
  let mixed = (low ^ seed) >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  mixed = (mixed ^ (mixed >>> 15)) >>> 0
  return sequence - low + mixed
}
