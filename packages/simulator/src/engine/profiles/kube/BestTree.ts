const none = -1

/** The best of a range of nodes: the top value, and how many have it. */
export interface Best {
  readonly value: number
  readonly ties: number
}

/** Feasible nodes and their scores in a tree over the node order: counts, bests and ties of any range in log time. */
export class BestTree {
  readonly #leaves: number
  readonly #count: Int32Array
  readonly #best: Int32Array
  readonly #ties: Int32Array

  /** Takes the score of each node, or -1 where it is not feasible. */
  constructor(size: number, scoreOf: (node: number) => number) {
    let leaves = 1
    while (leaves < size) leaves *= 2
    this.#leaves = leaves
    this.#count = new Int32Array(2 * leaves)
    this.#best = new Int32Array(2 * leaves).fill(none)
    this.#ties = new Int32Array(2 * leaves)
    for (let node = 0; node < size; node++) this.#leaf(leaves + node, scoreOf(node))
    for (let at = leaves - 1; at > 0; at--) this.#join(at)
  }

  /** How many nodes are feasible. */
  get total(): number {
    return this.#count[1] ?? 0
  }

  /** The score of a node, or -1. */
  scoreOf(node: number): number {
    return this.#best[this.#leaves + node] as number
  }

  /** Gives a node a new score, or -1. */
  set(node: number, score: number): void {
    let at = this.#leaves + node
    if (this.#best[at] === score) return
    this.#leaf(at, score)
    for (at >>= 1; at > 0; at >>= 1) if (!this.#join(at)) return
  }

  #leaf(at: number, score: number): void {
    this.#best[at] = score
    this.#count[at] = score === none ? 0 : 1
    this.#ties[at] = score === none ? 0 : 1
  }

  /** Takes over what is known of the two places below; whether that is anything new. */
  #join(at: number): boolean {
    const left = 2 * at
    const right = left + 1
    const leftBest = this.#best[left] as number
    const rightBest = this.#best[right] as number
    const count = (this.#count[left] as number) + (this.#count[right] as number)
    const best = Math.max(leftBest, rightBest)
    const ties =
      (leftBest >= rightBest ? (this.#ties[left] as number) : 0) +
      (rightBest >= leftBest ? (this.#ties[right] as number) : 0)
    if (this.#count[at] === count && this.#best[at] === best && this.#ties[at] === ties) return false
    this.#count[at] = count
    this.#best[at] = best
    this.#ties[at] = ties
    return true
  }

  /** How many feasible nodes come before this one. */
  rank(node: number): number {
    let before = 0
    for (let at = this.#leaves + node; at > 1; at >>= 1) {
      if ((at & 1) === 1) before += this.#count[at - 1] as number
    }
    return before
  }

  /** The feasible node with this many feasible ones before it. */
  select(rank: number): number {
    let at = 1
    let left = rank
    while (at < this.#leaves) {
      at *= 2
      const here = this.#count[at] as number
      if (left >= here) {
        left -= here
        at++
      }
    }
    return at - this.#leaves
  }

  /** The best of the nodes from `from` up to, not including, `to`. */
  bestOf(from: number, to: number): Best {
    let value = none
    let ties = 0
    let low = this.#leaves + from
    let high = this.#leaves + to
    while (low < high) {
      if ((low & 1) === 1) {
        const best = this.#best[low] as number
        if (best > value) ties = 0
        if (best >= value) ties += this.#ties[low] as number
        if (best > value) value = best
        low++
      }
      if ((high & 1) === 1) {
        high--
        const best = this.#best[high] as number
        if (best > value) ties = 0
        if (best >= value) ties += this.#ties[high] as number
        if (best > value) value = best
      }
      low >>= 1
      high >>= 1
    }
    return { value, ties }
  }

  /** The node with this value in a range that has `skip` others of that value before it, or -1. */
  nthWith(value: number, from: number, to: number, skip: number): number {
    this.#left = skip
    return this.#find(1, 0, this.#leaves, value, from, to)
  }

  #left = 0

  #find(at: number, low: number, high: number, value: number, from: number, to: number): number {
    if (to <= low || high <= from || (this.#best[at] as number) < value) return none
    if (from <= low && high <= to) {
      const here = this.#best[at] === value ? (this.#ties[at] as number) : 0
      if (this.#best[at] === value && this.#left >= here) {
        this.#left -= here
        return none
      }
    }
    if (at >= this.#leaves) return this.#best[at] === value ? at - this.#leaves : none
    const middle = (low + high) / 2
    const found = this.#find(2 * at, low, middle, value, from, to)
    return found === none ? this.#find(2 * at + 1, middle, high, value, from, to) : found
  }
}
