import type { NodeOrder } from "./nodeOrder.ts"

/**
 * The order in which nodes are looked at. As in the real scheduler it is made anew only when a decision begins and other nodes are
 * there than at the last one: one that went and came back in between keeps its place.
 */
export class SearchOrder {
  /** The nodes' numbers, in order. */
  nodes: ReadonlyArray<number> = []
  /** The place of each node in the order; meaningless for those that are not in it. */
  place: Array<number> = []
  /** Moves on when the order does. */
  version = 0
  readonly #order: NodeOrder<number>
  readonly #new = new Set<number>()
  #isListed: Array<boolean> = []

  constructor(order: NodeOrder<number>) {
    this.#order = order
  }

  /** How many nodes there are. */
  get size(): number {
    return this.nodes.length
  }

  /** A node came. */
  came(node: number): void {
    if (this.#isListed[node] !== true) this.#new.add(node)
  }

  /** A node went. */
  went(node: number): void {
    this.#new.delete(node)
  }

  /** A decision begins. */
  settle(): void {
    if (this.#new.size === 0 && this.nodes.length === this.#order.size) return
    this.#new.clear()
    this.nodes = this.#order.list()
    this.#isListed = []
    this.place = []
    this.nodes.forEach((node, place) => {
      this.#isListed[node] = true
      this.place[node] = place
    })
    this.version++
  }
}
