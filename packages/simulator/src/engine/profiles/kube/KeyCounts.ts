import { grownFloats } from "./grown.ts"
import type { Topology } from "./Topology.ts"
import type { World } from "./world.ts"

interface KeyCount {
  readonly topology: Topology
  counts: Float64Array<ArrayBuffer>
}

/** Counts over the values of labels, each label by its key. */
export class KeyCounts {
  /** The same entries as a list, for loops over them. */
  readonly entries: Array<KeyCount> = []
  readonly #byKey = new Map<string, KeyCount>()
  /** How many additions there are, those that cancel out included. */
  touches = 0
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Adds to the count of the value that a node has. */
  add(key: string, node: number, amount: number, delta: 1 | -1): void {
    let entry = this.#byKey.get(key)
    if (entry === undefined) {
      const topology = this.#world.topology(key)
      entry = { topology, counts: new Float64Array(topology.domainCount) }
      this.#byKey.set(key, entry)
      this.entries.push(entry)
    }
    if (entry.topology.present[node] === 0) return
    const domain = entry.topology.domain[node] ?? 0
    entry.counts[domain] = (entry.counts[domain] ?? 0) + amount * delta
    this.touches += delta
  }

  /** Makes room for values that a new node brought. */
  grow(): void {
    for (const entry of this.entries) entry.counts = grownFloats(entry.counts, entry.topology.domainCount)
  }

  /** The count of the value that a node has. */
  at(key: string, node: number): number {
    const entry = this.#byKey.get(key)
    return entry === undefined || entry.topology.present[node] === 0
      ? 0
      : (entry.counts[entry.topology.domain[node] ?? 0] ?? 0)
  }
}
