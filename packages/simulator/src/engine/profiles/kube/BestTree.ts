const none = -1

/** The best of a range of nodes: the top value, and how many have it. */
export interface Best {
  readonly value: number
  readonly ties: number
}

/** So many nodes are looked at one by one: their scores lie in one line of the processor's cache. */
const blockSize = 16
/** What a place of the tree holds, side by side for the same reason: how many are feasible, the best, and how many have it. */
const stride = 4
const bestAt = 1
const tiesAt = 2

/** Feasible nodes and their scores in a tree over the node order: counts, bests and ties of any range in log time. */
export class BestTree {
  readonly #scores: Int32Array
  /** The number of blocks, a power of two: the tree's leaves come from there on. */
  readonly #blocks: number
  readonly #tree: Int32Array

  /** Takes the score of each node, or -1 where it is not feasible. */
  constructor(size: number, scoreOf: (node: number) => number) {
    let blocks = 1
    while (blocks * blockSize < size) blocks *= 2
    this.#blocks = blocks
    this.#scores = new Int32Array(blocks * blockSize).fill(none)
    this.#tree = new Int32Array(2 * blocks * stride)
    for (let node = 0; node < size; node++) this.#scores[node] = scoreOf(node)
    for (let block = 0; block < blocks; block++) this.#sum(block)
    for (let at = blocks - 1; at > 0; at--) this.#join(at)
  }

  /** How many nodes are feasible. */
  get total(): number {
    return this.#count(1)
  }

  #count(at: number): number {
    return this.#tree[at * stride] as number
  }

  /** The score of a node, or -1. */
  scoreOf(node: number): number {
    return this.#scores[node] as number
  }

  /** Gives a node a new score, or -1. */
  set(node: number, score: number): void {
    if (this.#scores[node] === score) return
    this.#scores[node] = score
    const block = Math.floor(node / blockSize)
    if (!this.#sum(block)) return
    for (let at = (this.#blocks + block) >> 1; at > 0; at >>= 1) if (!this.#join(at)) return
  }

  /** Writes what is known of a place; whether it was not known before. */
  #note(at: number, count: number, best: number, ties: number): boolean {
    const tree = this.#tree
    const slot = at * stride
    if (tree[slot] === count && tree[slot + bestAt] === best && tree[slot + tiesAt] === ties) return false
    tree[slot] = count
    tree[slot + bestAt] = best
    tree[slot + tiesAt] = ties
    return true
  }

  #sum(block: number): boolean {
    const scores = this.#scores
    const end = (block + 1) * blockSize
    let count = 0
    let best = none
    let ties = 0
    for (let node = block * blockSize; node < end; node++) {
      const score = scores[node] as number
      if (score === none) continue
      count++
      if (score > best) {
        best = score
        ties = 1
      } else if (score === best) ties++
    }
    return this.#note(this.#blocks + block, count, best, ties)
  }

  #join(at: number): boolean {
    const tree = this.#tree
    const left = 2 * at * stride
    const right = left + stride
    const leftBest = tree[left + bestAt] as number
    const rightBest = tree[right + bestAt] as number
    const ties =
      (leftBest >= rightBest ? (tree[left + tiesAt] as number) : 0) +
      (rightBest >= leftBest ? (tree[right + tiesAt] as number) : 0)
    return this.#note(at, (tree[left] as number) + (tree[right] as number), Math.max(leftBest, rightBest), ties)
  }

  /** How many feasible nodes come before this one. */
  rank(node: number): number {
    const block = Math.floor(node / blockSize)
    let before = 0
    for (let other = block * blockSize; other < node; other++) if (this.#scores[other] !== none) before++
    for (let at = this.#blocks + block; at > 1; at >>= 1) if ((at & 1) === 1) before += this.#count(at - 1)
    return before
  }

  /** The feasible node with this many feasible ones before it. */
  select(rank: number): number {
    let at = 1
    let left = rank
    while (at < this.#blocks) {
      at *= 2
      const here = this.#count(at)
      if (left >= here) {
        left -= here
        at++
      }
    }
    let node = (at - this.#blocks) * blockSize
    for (; ; node++) if (this.#scores[node] !== none && left-- === 0) return node
  }

  /** The best of the nodes from `from` up to, not including, `to`. */
  bestOf(from: number, to: number): Best {
    this.#value = none
    this.#ties = 0
    const firstBlock = Math.ceil(from / blockSize)
    const lastBlock = Math.floor(to / blockSize)
    if (firstBlock >= lastBlock) this.#scan(from, to)
    else {
      this.#scan(from, firstBlock * blockSize)
      this.#range(firstBlock, lastBlock)
      this.#scan(lastBlock * blockSize, to)
    }
    return { value: this.#value, ties: this.#ties }
  }

  #value = none
  #ties = 0

  #take(value: number, ties: number): void {
    if (value < this.#value) return
    this.#ties = value > this.#value ? ties : this.#ties + ties
    this.#value = value
  }

  #scan(from: number, to: number): void {
    for (let node = from; node < to; node++) {
      const score = this.#scores[node] as number
      if (score !== none) this.#take(score, 1)
    }
  }

  #range(first: number, last: number): void {
    const tree = this.#tree
    let low = this.#blocks + first
    let high = this.#blocks + last
    for (; low < high; low >>= 1, high >>= 1) {
      if ((low & 1) === 1) {
        this.#take(tree[low * stride + bestAt] as number, tree[low * stride + tiesAt] as number)
        low++
      }
      if ((high & 1) === 1) {
        high--
        this.#take(tree[high * stride + bestAt] as number, tree[high * stride + tiesAt] as number)
      }
    }
  }

  /** The node with this value in a range that has `skip` others of that value before it, or -1. */
  nthWith(value: number, from: number, to: number, skip: number): number {
    this.#left = skip
    return this.#find(1, 0, this.#blocks * blockSize, value, from, to)
  }

  #left = 0

  /** Looks below a place of the tree that stands for the nodes from `low` to `high`; none of them scores above the value in range. */
  #find(at: number, low: number, high: number, value: number, from: number, to: number): number {
    const best = this.#tree[at * stride + bestAt] as number
    if (to <= low || high <= from || best < value) return none
    if (from <= low && high <= to) {
      const here = this.#tree[at * stride + tiesAt] as number
      if (this.#left >= here) {
        this.#left -= here
        return none
      }
    }
    if (at >= this.#blocks) return this.#findInBlock(Math.max(low, from), Math.min(high, to), value)
    const middle = (low + high) / 2
    const found = this.#find(2 * at, low, middle, value, from, to)
    return found === none ? this.#find(2 * at + 1, middle, high, value, from, to) : found
  }

  #findInBlock(from: number, to: number, value: number): number {
    for (let node = from; node < to; node++) if (this.#scores[node] === value && this.#left-- === 0) return node
    return none
  }
}
