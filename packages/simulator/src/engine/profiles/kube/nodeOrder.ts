import type { KubeNode } from "./model.ts"

const zoneOf = ({ labels }: KubeNode): string => {
  const region = labels.get("failure-domain.beta.kubernetes.io/region") ?? labels.get("topology.kubernetes.io/region")
  const zone = labels.get("failure-domain.beta.kubernetes.io/zone") ?? labels.get("topology.kubernetes.io/zone")
  return `${region ?? ""}\u0000${zone ?? ""}`
}

/** Nodes by zone, both in the order they came; a zone without nodes is forgotten. */
export class NodeOrder<T> {
  readonly #zones = new Map<string, Array<T>>()
  #size = 0

  /** How many nodes there are. */
  get size(): number {
    return this.#size
  }

  /** A node comes, as the last of its zone. */
  add(node: KubeNode, item: T): void {
    const zone = this.#zones.get(zoneOf(node))
    if (zone === undefined) this.#zones.set(zoneOf(node), [item])
    else zone.push(item)
    this.#size++
  }

  /** A node goes. */
  remove(node: KubeNode, item: T): void {
    const zone = this.#zones.get(zoneOf(node)) ?? []
    const at = zone.indexOf(item)
    if (at < 0) return
    zone.splice(at, 1)
    if (zone.length === 0) this.#zones.delete(zoneOf(node))
    this.#size--
  }

  /** A node's labels change: only another zone moves it. */
  move(before: KubeNode, after: KubeNode, item: T): void {
    if (zoneOf(before) === zoneOf(after)) return
    this.remove(before, item)
    this.add(after, item)
  }

  /** The order in which nodes are looked at: one of each zone in turn. */
  list(): Array<T> {
    const zones = [...this.#zones.values()]
    const ordered: Array<T> = []
    for (let round = 0; ordered.length < this.#size; round++) {
      for (const zone of zones) if (round < zone.length) ordered.push(zone[round] as T)
    }
    return ordered
  }
}

/** The nodes in the order in which they are looked at, had they come in this one. */
export const inSearchOrder = (nodes: ReadonlyArray<KubeNode>): ReadonlyArray<KubeNode> => {
  const order = new NodeOrder<KubeNode>()
  for (const node of nodes) order.add(node, node)
  return order.list()
}

/** How many feasible nodes end the search. */
export const feasibleWanted = (nodeCount: number, percentage: number): number => {
  if (nodeCount < 100) return nodeCount
  const share = percentage === 0 ? Math.max(5, 50 - Math.floor(nodeCount / 125)) : percentage
  return Math.max(100, Math.floor((nodeCount * share) / 100))
}
