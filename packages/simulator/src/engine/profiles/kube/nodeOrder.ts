import type { KubeNode } from "./model.ts"

const zoneOf = ({ labels }: KubeNode): string => {
  const region = labels.get("failure-domain.beta.kubernetes.io/region") ?? labels.get("topology.kubernetes.io/region")
  const zone = labels.get("failure-domain.beta.kubernetes.io/zone") ?? labels.get("topology.kubernetes.io/zone")
  return `${region ?? ""}\u0000${zone ?? ""}`
}

/** The order in which nodes are looked at: one of each zone in turn, zones and nodes as they came. */
export const nodeOrder = (nodes: ReadonlyArray<KubeNode>): ReadonlyArray<KubeNode> => {
  const zones = new Map<string, Array<KubeNode>>()
  for (const node of nodes) {
    const zone = zones.get(zoneOf(node))
    if (zone === undefined) zones.set(zoneOf(node), [node])
    else zone.push(node)
  }
  const ordered: Array<KubeNode> = []
  for (let round = 0; ordered.length < nodes.length; round++) {
    for (const zone of zones.values()) {
      const node = zone[round]
      if (node !== undefined) ordered.push(node)
    }
  }
  return ordered
}

/** How many feasible nodes end the search. */
export const feasibleWanted = (nodeCount: number, percentage: number): number => {
  if (nodeCount < 100) return nodeCount
  const share = percentage === 0 ? Math.max(5, 50 - Math.floor(nodeCount / 125)) : percentage
  return Math.max(100, Math.floor((nodeCount * share) / 100))
}
