/**
 * A 4-ary heap of (time, rank, slot) in typed arrays: the smallest time first, then the smallest rank.
 *
 * Four children share a cache line of keys and halve the depth of a binary heap; a push or a pop allocates nothing.
 */
export class EventHeap {
  size = 0
  times = new Float64Array(64)
  ranks = new Float64Array(64)
  slots = new Int32Array(64)

  /** Adds an entry without ordering it; `order` must follow before the next read. */
  append(time: number, rank: number, slot: number): void {
    if (this.size === this.slots.length) this.grow()
    const at = this.size++
    this.times[at] = time
    this.ranks[at] = rank
    this.slots[at] = slot
  }

  /** Orders what `append` added, in linear time. */
  order(): void {
    for (let at = (this.size - 2) >> 2; at >= 0; at--) {
      this.sink(at, this.times[at] as number, this.ranks[at] as number, this.slots[at] as number)
    }
  }

  push(time: number, rank: number, slot: number): void {
    if (this.size === this.slots.length) this.grow()
    const { times, ranks, slots } = this
    let at = this.size++
    while (at > 0) {
      const parent = (at - 1) >> 2
      const parentTime = times[parent] as number
      if (parentTime < time || (parentTime === time && (ranks[parent] as number) < rank)) break
      times[at] = parentTime
      ranks[at] = ranks[parent] as number
      slots[at] = slots[parent] as number
      at = parent
    }
    times[at] = time
    ranks[at] = rank
    slots[at] = slot
  }

  /** Drops the smallest entry; the caller has read it from index 0. */
  dropFirst(): void {
    const last = --this.size
    if (last > 0) this.sink(0, this.times[last] as number, this.ranks[last] as number, this.slots[last] as number)
  }

  private sink(from: number, time: number, rank: number, slot: number): void {
    const { times, ranks, slots, size } = this
    let at = from
    for (;;) {
      const first = 4 * at + 1
      if (first >= size) break
      let best = first
      let bestTime = times[first] as number
      let bestRank = ranks[first] as number
      const end = Math.min(first + 4, size)
      for (let child = first + 1; child < end; child++) {
        const childTime = times[child] as number
        if (childTime > bestTime) continue
        const childRank = ranks[child] as number
        if (childTime === bestTime && childRank > bestRank) continue
        best = child
        bestTime = childTime
        bestRank = childRank
      }
      if (time < bestTime || (time === bestTime && rank < bestRank)) break
      times[at] = bestTime
      ranks[at] = bestRank
      slots[at] = slots[best] as number
      at = best
    }
    times[at] = time
    ranks[at] = rank
    slots[at] = slot
  }

  private grow(): void {
    const capacity = this.slots.length * 2
    const times = new Float64Array(capacity)
    const ranks = new Float64Array(capacity)
    const slots = new Int32Array(capacity)
    times.set(this.times)
    ranks.set(this.ranks)
    slots.set(this.slots)
    this.times = times
    this.ranks = ranks
    this.slots = slots
  }
}
