import type { Resources } from "../../model/Resources.ts"
import { fill } from "./Bin.ts"
import type { WaitingPods } from "./WaitingPods.ts"

/** A node that is there or on its way, and what is taken of it. */
export interface RoomyNode {
  readonly allocatable: Resources
  readonly used: Resources
  readonly podsMax: number
  readonly pods: ReadonlyArray<unknown>
}

/**
 * The waiting pods that none of the nodes has room for, each pod in its turn on the first node that takes it. The others
 * need no growth: they will be bound, and only have not been yet.
 */
export const beyondNodes = <Pods extends WaitingPods, Node extends RoomyNode>(
  waiting: ReadonlyArray<Pods>,
  nodes: ReadonlyArray<Node>,
  mayRun: (pods: Pods, node: Node) => boolean
): ReadonlyArray<Pods> => {
  const bins = nodes.map((node) => ({
    node,
    cpuMilli: node.allocatable.cpuMilli - node.used.cpuMilli,
    memoryBytes: node.allocatable.memoryBytes - node.used.memoryBytes,
    gpuMilli: node.allocatable.gpuMilli - node.used.gpuMilli,
    pods: node.podsMax - node.pods.length,
    isEmpty: node.pods.length === 0
  }))
  return waiting.flatMap((pods) => {
    let left = pods.count
    for (const bin of bins) {
      if (left === 0) break
      if (mayRun(pods, bin.node)) left -= fill(bin, pods, left)
    }
    return left === 0 ? [] : [{ ...pods, count: left }]
  })
}
