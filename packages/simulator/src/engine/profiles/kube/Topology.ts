import { grownBytes, grownInts } from "./grown.ts"
import type { KubeNode } from "./model.ts"

/** The values one label takes over all nodes, numbered; number 0 stands for a missing or empty value. */
export class Topology {
  readonly key: string
  domain = new Int32Array(0)
  present = new Uint8Array(0)
  readonly #numbers = new Map<string, number>([["", 0]])

  constructor(key: string, nodes: ReadonlyArray<KubeNode>) {
    this.key = key
    this.domain = new Int32Array(nodes.length)
    this.present = new Uint8Array(nodes.length)
    nodes.forEach((node, index) => {
      this.set(index, node)
    })
  }

  /** How many values there are, those of nodes that went included. */
  get domainCount(): number {
    return this.#numbers.size
  }

  /** Notes the value of a new node. */
  set(index: number, node: KubeNode): void {
    this.domain = grownInts(this.domain, index + 1)
    this.present = grownBytes(this.present, index + 1)
    const value = node.labels.get(this.key)
    const number = this.#numbers.get(value ?? "") ?? this.#numbers.size
    this.#numbers.set(value ?? "", number)
    this.domain[index] = number
    this.present[index] = value === undefined ? 0 : 1
  }
}
