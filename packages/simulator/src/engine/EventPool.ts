const NONE = -1

/** Float64 fields of one record. */
export const RECORD_F64 = 4
/** Int32 fields of one record, over the same bytes. */
export const RECORD_I32 = 8
const TIME = 0
const RANK = 1
const NEXT = 4
const PAYLOAD = 5
const GENERATION = 6
const STATE = 7

/** What a record holds: nothing, an event still to come, or one that was cancelled and waits to be swept. */
export const FREE = 0
export const PENDING = 1
export const CANCELLED = 2

/**
 * The records of all events, 32 bytes each in one buffer, so that an event costs one cache line and no allocation.
 *
 * A record is named by its slot. Lists of records are linked through `next`; -1 ends a list.
 */
export class EventPool {
  f64: Float64Array
  i32: Int32Array
  /** Slots at or above this one were never used. */
  used = 0
  private freeFirst = NONE

  constructor(capacity: number) {
    const buffer = new ArrayBuffer(Math.max(16, capacity) * RECORD_F64 * 8)
    this.f64 = new Float64Array(buffer)
    this.i32 = new Int32Array(buffer)
  }

  /** Fills a free record and gives its slot. */
  claim(time: number, rank: number, payload: number): number {
    let slot = this.freeFirst
    if (slot === NONE) {
      if ((this.used + 1) * RECORD_F64 > this.f64.length) this.grow()
      slot = this.used++
    } else this.freeFirst = this.i32[slot * RECORD_I32 + NEXT] as number
    this.f64[slot * RECORD_F64 + TIME] = time
    this.f64[slot * RECORD_F64 + RANK] = rank
    this.i32[slot * RECORD_I32 + PAYLOAD] = payload
    this.i32[slot * RECORD_I32 + STATE] = PENDING
    return slot
  }

  /** Gives a record back; tickets to it no longer hold. */
  release(slot: number): void {
    const at = slot * RECORD_I32
    this.i32[at + STATE] = FREE
    this.i32[at + GENERATION] = ((this.i32[at + GENERATION] as number) + 1) & 0x3ffffff
    this.i32[at + NEXT] = this.freeFirst
    this.freeFirst = slot
  }

  time(slot: number): number {
    return this.f64[slot * RECORD_F64 + TIME] as number
  }

  rank(slot: number): number {
    return this.f64[slot * RECORD_F64 + RANK] as number
  }

  payload(slot: number): number {
    return this.i32[slot * RECORD_I32 + PAYLOAD] as number
  }

  generation(slot: number): number {
    return this.i32[slot * RECORD_I32 + GENERATION] as number
  }

  state(slot: number): number {
    return this.i32[slot * RECORD_I32 + STATE] as number
  }

  next(slot: number): number {
    return this.i32[slot * RECORD_I32 + NEXT] as number
  }

  link(slot: number, next: number): void {
    this.i32[slot * RECORD_I32 + NEXT] = next
  }

  markCancelled(slot: number): void {
    this.i32[slot * RECORD_I32 + STATE] = CANCELLED
  }

  private grow(): void {
    const f64 = new Float64Array(this.f64.length * 2)
    f64.set(this.f64)
    this.f64 = f64
    this.i32 = new Int32Array(f64.buffer)
  }
}
