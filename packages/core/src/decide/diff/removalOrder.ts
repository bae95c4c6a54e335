import type { Node } from "../../model/Node.ts"
import { machineNumber } from "./machineName.ts"

/** Whether a node was made from an older description of its pool. A node that does not know counts as current. */
export const isOutdated = (node: Node, template: string): boolean =>
  node.template !== undefined && node.template !== template

/** Whether a node can be counted on now. */
export const isServing = (node: Node): boolean => node.state === "ready" && node.reclaimAtMs === undefined

/**
 * Which nodes of a pool go first: those already being emptied, so that a removal once begun is the one that is ended;
 * then those of an older template, those that do not serve, and the highest numbers.
 */
export const removalOrder = (nodes: ReadonlyArray<Node>, template: string): ReadonlyArray<Node> => {
  const isKept = (node: Node) =>
    [node.state !== "draining", !isOutdated(node, template), isServing(node)].map(Number) as [number, number, number]
  return nodes.toSorted((a, b) => {
    const [aLeaving, aTemplate, aServing] = isKept(a)
    const [bLeaving, bTemplate, bServing] = isKept(b)
    return (
      aLeaving - bLeaving ||
      aTemplate - bTemplate ||
      aServing - bServing ||
      machineNumber(b) - machineNumber(a) ||
      (a.name < b.name ? -1 : 1)
    )
  })
}
