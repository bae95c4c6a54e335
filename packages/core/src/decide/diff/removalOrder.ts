import type { Node } from "../../model/Node.ts"
import { machineNumber } from "./machineName.ts"

/** Whether a node was made from an older description of its pool. A node that does not know counts as current. */
export const isOutdated = (node: Node, template: string): boolean =>
  node.template !== undefined && node.template !== template

/** Whether a node can be counted on now. */
export const isServing = (node: Node): boolean => node.state === "ready" && node.reclaimAtMs === undefined

/**
 * Which nodes of a pool go first: those of an older template, those that do not serve, those somebody has cordoned, and
 * the highest numbers.
 */
export const removalOrder = (nodes: ReadonlyArray<Node>, template: string): ReadonlyArray<Node> =>
  nodes.toSorted(
    (a, b) =>
      Number(isOutdated(b, template)) - Number(isOutdated(a, template)) ||
      Number(isServing(a)) - Number(isServing(b)) ||
      Number(a.schedulable) - Number(b.schedulable) ||
      machineNumber(b) - machineNumber(a) ||
      (a.name < b.name ? -1 : 1)
  )
