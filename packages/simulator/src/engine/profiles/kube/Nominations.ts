/** Pods that wait for others to leave a node. Nodes go by name: one that is not there may come. */
export class Nominations {
  readonly #byNode = new Map<string, ReadonlyArray<number>>()

  /** Whether nobody waits. */
  get isEmpty(): boolean {
    return this.#byNode.size === 0
  }

  /** The pods that wait for room on a node. */
  to(node: string): ReadonlyArray<number> {
    return this.#byNode.get(node) ?? []
  }

  /** A pod waits for room on a node. */
  add(pod: number, node: string): void {
    this.#byNode.set(node, [...this.to(node), pod])
  }

  /** A pod waits no longer; gives the name of the node it waited for. */
  take(pod: number): string | undefined {
    for (const [node, waiting] of this.#byNode) {
      if (!waiting.includes(pod)) continue
      const others = waiting.filter((one) => one !== pod)
      if (others.length > 0) this.#byNode.set(node, others)
      else this.#byNode.delete(node)
      return node
    }
    return undefined
  }
}
