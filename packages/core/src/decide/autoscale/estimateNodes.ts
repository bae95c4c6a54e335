import type { Resources } from "../../model/Resources.ts"
import { type Bin, fill } from "./Bin.ts"
import type { WaitingPods } from "./WaitingPods.ts"

/** A node as a group would add it. */
export interface NodeTemplate {
  readonly allocatable: Resources
  readonly podsMax: number
}

/** How many new nodes were needed, and how many pods of each kind found room on them. */
export interface Estimate {
  readonly nodes: number
  /** In the order of the waiting pods given. */
  readonly placed: ReadonlyArray<number>
}

/** Large pods first: the share of the node's CPU and of its memory that a pod asks for, added up. */
const scoreOf = ({ request }: WaitingPods, { allocatable }: NodeTemplate): number =>
  (allocatable.cpuMilli === 0 ? 0 : request.cpuMilli / allocatable.cpuMilli) +
  (allocatable.memoryBytes === 0 ? 0 : request.memoryBytes / allocatable.memoryBytes)

/**
 * How many nodes of one group the waiting pods need, by first fit with the largest pods first. No more nodes are added
 * once a pod does not even fit the last, empty one.
 */
export const estimateNodes = (
  waiting: ReadonlyArray<WaitingPods>,
  template: NodeTemplate,
  nodesMax: number
): Estimate => {
  const order = [...waiting.keys()].toSorted(
    (a, b) => scoreOf(waiting[b] as WaitingPods, template) - scoreOf(waiting[a] as WaitingPods, template) || a - b
  )
  const bins: Array<Bin> = []
  const placed = waiting.map(() => 0)
  for (const index of order) {
    const pods = waiting[index] as WaitingPods
    const { count } = pods
    let left = count
    for (const bin of bins) left -= fill(bin, pods, left)
    while (left > 0 && bins.at(-1)?.isEmpty !== true && bins.length < nodesMax) {
      const bin = { ...template.allocatable, pods: template.podsMax, isEmpty: true }
      bins.push(bin)
      left -= fill(bin, pods, left)
    }
    placed[index] = count - left
  }
  return { nodes: bins.filter((bin) => !bin.isEmpty).length, placed }
}
