import { grownFloats } from "./grown.ts"
import type { Amounts, KubeNode } from "./model.ts"

type Columns = Map<string, Float64Array<ArrayBuffer>>

/** What nodes have and what is taken of resources that have only a name; a column is made when first asked for. */
export class Scalars {
  readonly #nodes: ReadonlyArray<KubeNode>
  readonly #max: Columns = new Map()
  readonly #used: Columns = new Map()
  #capacity = 0

  constructor(nodes: ReadonlyArray<KubeNode>) {
    this.#nodes = nodes
  }

  /** Makes room for so many nodes. */
  grow(count: number): void {
    this.#capacity = count
    for (const columns of [this.#max, this.#used])
      for (const [name, column] of columns) columns.set(name, grownFloats(column, count))
  }

  /** Notes what a new or changed node has. */
  size(index: number, { scalars }: Amounts): void {
    for (const [name, column] of this.#max) column[index] = scalars.get(name) ?? 0
  }

  /** How much of a resource each node has. */
  max(name: string): Float64Array {
    const known = this.#max.get(name)
    if (known !== undefined) return known
    const column = new Float64Array(this.#capacity)
    this.#nodes.forEach((node, index) => {
      column[index] = node.allocatable.scalars.get(name) ?? 0
    })
    this.#max.set(name, column)
    return column
  }

  /** How much of a resource is taken on each node. */
  used(name: string): Float64Array {
    const known = this.#used.get(name)
    if (known !== undefined) return known
    const column = new Float64Array(this.#capacity)
    this.#used.set(name, column)
    return column
  }

  /** Counts what one more or one fewer pod takes. */
  shift({ scalars }: Amounts, node: number, delta: 1 | -1): void {
    for (const [name, amount] of scalars) {
      const column = this.used(name)
      column[node] = (column[node] ?? 0) + delta * amount
    }
  }
}
