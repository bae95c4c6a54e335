import type { GpuNode } from "../../engine/profiles/gpu/GpuCluster.ts"
import type { GoRandom } from "../GoRandom.ts"
import type { TracePod } from "./readTrace.ts"

/** Draws that the original spends where it starts its watches, between the pods' order and the nodes'. */
const DRAWS_AT_START = 10

/**
 * The order in which pods arrive, tuned so that together they ask for `tune` times the GPUs of the cluster (0: as they are).
 *
 * More is reached by copies of random pods, less by leaving random pods out. One draw is lost first: the original logs it.
 */
export const arrivalsOf = (
  random: GoRandom,
  pods: ReadonlyArray<TracePod>,
  gpuMilliTotal: number,
  tune: number
): ReadonlyArray<TracePod> => {
  random.skip(1)
  const sorted = pods.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const arrivals = [...sorted]
  random.shuffle(arrivals)
  const target = tune * gpuMilliTotal
  let asked = pods.reduce((sum, pod) => sum + pod.gpuCount * pod.gpuMilli, 0)
  if (tune === 0 || asked === target) return arrivals
  if (asked > target) {
    while (asked > target) {
      const [left] = arrivals.splice(random.below(arrivals.length), 1) as [TracePod]
      asked -= left.gpuCount * left.gpuMilli
    }
    return arrivals
  }
  for (;;) {
    const pod = sorted[random.below(sorted.length)] as TracePod
    // The original compares with the share of one GPU, and adds all of them.
    if (asked + pod.gpuMilli > target) return arrivals
    asked += pod.gpuCount * pod.gpuMilli
    arrivals.push(pod)
  }
}

/** The nodes in the order that settles ties: by a random number put before each name. */
export const nodeOrderOf = (random: GoRandom, nodes: ReadonlyArray<GpuNode>): ReadonlyArray<GpuNode> => {
  random.skip(DRAWS_AT_START)
  const sorted = nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const ranks = random.permutation(nodes.length)
  return sorted
    .map((node, at) => ({ node, rankedName: `${String(ranks[at]).padStart(4, "0")}-${node.name}` }))
    .toSorted((a, b) => (a.rankedName < b.rankedName ? -1 : 1))
    .map(({ node }) => node)
}
