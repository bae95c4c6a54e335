import type { Node } from "../../model/Node.ts"
import { remembered } from "../../model/remembered.ts"

const number = /-(\d+)$/

/** The number at the end of a machine's name; below all others where there is none. */
export const machineNumber: (node: Pick<Node, "name">) => number = remembered(({ name }) => {
  const digits = number.exec(name)?.[1]
  return digits === undefined ? -1 : Number(digits)
})

/** Names for new machines of a pool, `pool-1` first, that nothing bears: the lowest free numbers, each once. */
export const freeNames = (pool: string, nodes: ReadonlyArray<Pick<Node, "name" | "pool">>): (() => string) => {
  const taken = new Set(nodes.filter((node) => node.pool === pool).map(machineNumber))
  let next = 1
  return () => {
    while (taken.has(next)) next++
    return `${pool}-${next++}`
  }
}
