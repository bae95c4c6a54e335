import { grownInts } from "./grown.ts"

/** What a line of the log says happened on a node: to a pod of a class, or, with these in place of the class, to the node itself. */
export const nodeChanged = -1
/** A node came: its pods come after it. */
export const nodeCame = -2
/** A node went: its pods went before it. */
export const nodeWent = -3

/** Every change to the nodes and what is on them, in order, so that whoever looked before can catch up. */
export class ChangeLog {
  length = 0
  node = new Int32Array(1024)
  /** The class of the pod that came or went, or what happened to the node. */
  what = new Int32Array(1024)
  delta = new Int32Array(1024)

  /** Adds a line. */
  add(node: number, what: number, delta: 1 | 0 | -1): void {
    const at = this.length++
    if (at >= this.node.length) {
      this.node = grownInts(this.node, at + 1)
      this.what = grownInts(this.what, at + 1)
      this.delta = grownInts(this.delta, at + 1)
    }
    this.node[at] = node
    this.what[at] = what
    this.delta[at] = delta
  }
}
