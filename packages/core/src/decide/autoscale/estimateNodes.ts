import type { Resources } from "../../model/Resources.ts"

/** Waiting pods that are equal to each other. */
export interface WaitingPods {
  readonly name: string
  readonly request: Resources
  readonly count: number
  /** No two of them share a node. */
  readonly apart?: boolean
}

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

interface Bin {
  cpuMilli: number
  memoryBytes: number
  gpuMilli: number
  pods: number
  isEmpty: boolean
}

/** Large pods first: the share of the node's CPU and of its memory that a pod asks for, added up. */
const scoreOf = ({ request }: WaitingPods, { allocatable }: NodeTemplate): number =>
  (allocatable.cpuMilli === 0 ? 0 : request.cpuMilli / allocatable.cpuMilli) +
  (allocatable.memoryBytes === 0 ? 0 : request.memoryBytes / allocatable.memoryBytes)

const takes = (bin: Bin, request: Resources): boolean =>
  bin.pods >= 1 &&
  bin.cpuMilli >= request.cpuMilli &&
  bin.memoryBytes >= request.memoryBytes &&
  bin.gpuMilli >= request.gpuMilli

/** How many pods of one kind a bin takes, at most `most`; takes them. */
const fill = (bin: Bin, { apart, request }: WaitingPods, most: number): number => {
  const count = apart === true ? Math.min(1, most) : most
  let taken = 0
  while (taken < count && takes(bin, request)) {
    bin.cpuMilli -= request.cpuMilli
    bin.memoryBytes -= request.memoryBytes
    bin.gpuMilli -= request.gpuMilli
    bin.pods -= 1
    bin.isEmpty = false
    taken += 1
  }
  return taken
}

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
