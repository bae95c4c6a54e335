import type { Node } from "../../model/Node.ts"
import { machineNumber } from "./machineName.ts"

/** Whether a node was made from an older description of its pool. A node that does not know counts as current. */
export const isOutdated = (node: Node, template: string): boolean =>
  node.template !== undefined && node.template !== template

/** Whether a node can be counted on now. */
export const isServing = (node: Node): boolean => node.state === "ready" && node.reclaimAtMs === undefined

/** Whether a node ends whatever we do. */
export const isDoomed = (node: Node): boolean =>
  node.state === "lost" || node.state === "draining" || node.reclaimAtMs !== undefined

/** Whether a node is one that its pool means to keep. */
export const isStaying = (node: Node, template: string): boolean =>
  node.state !== "leaving" && !isDoomed(node) && !isOutdated(node, template)

/** Those that go sooner have a lower rank, whatever their zone. */
const rankOf = (node: Node, template: string): number =>
  (isOutdated(node, template) ? 0 : 4) + (isServing(node) ? 2 : 0) + (node.schedulable ? 1 : 0)

/** How many nodes of the same rank and zone go only after this one: the most where the zone is fullest. */
const placesInZone = (nodes: ReadonlyArray<Node>, template: string): ReadonlyMap<Node, number> => {
  const places = new Map<Node, number>()
  const counts = new Map<string, number>()
  for (const node of nodes.toSorted((a, b) => machineNumber(a) - machineNumber(b) || (a.name < b.name ? 1 : -1))) {
    const key = `${rankOf(node, template)} ${node.zone}`
    places.set(node, counts.get(key) ?? 0)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return places
}

/**
 * Which nodes of a pool go first: those of an older template, those that do not serve, those somebody has cordoned, those
 * in the zone that has the most, and the highest numbers.
 */
export const removalOrder = (nodes: ReadonlyArray<Node>, template: string): ReadonlyArray<Node> => {
  const places = placesInZone(nodes, template)
  return nodes.toSorted(
    (a, b) =>
      rankOf(a, template) - rankOf(b, template) ||
      (places.get(b) ?? 0) - (places.get(a) ?? 0) ||
      machineNumber(b) - machineNumber(a) ||
      (a.name < b.name ? -1 : 1)
  )
}
