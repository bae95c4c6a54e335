import { cluster, timePlacing } from "../kube/cluster.ts"
import type { BenchResult } from "../main.ts"

const sizes = [
  { nodes: 1_000, pods: 20_000 },
  { nodes: 3_000, pods: 60_000 },
  { nodes: 10_000, pods: 200_000 },
  { nodes: 30_000, pods: 300_000 },
  { nodes: 100_000, pods: 1_000_000 }
]
const growthGoal = 2

/** How the time of one placement grows from 1,000 to 100,000 nodes; the last size also shows the memory of a million pods. */
export const run = async (): Promise<BenchResult> => {
  // Once uncounted, so that the first size does not also pay for compiling the code.
  timePlacing(cluster(1_000, 20_000, "plain"), 0)
  const curve = sizes.map(({ nodes, pods }) => ({ nodes, pods, ...timePlacing(cluster(nodes, pods, "plain"), 0) }))
  const first = curve[0]?.microseconds as number
  const last = curve.at(-1)?.microseconds as number
  return {
    value: Math.round((last / first) * 100) / 100,
    unit: "times the time per placement, from 1,000 to 100,000 nodes, default sampling",
    against: `the goal of at most ${growthGoal} times; peakRssMib is to stay under 2,048`,
    ratio: (growthGoal * first) / last,
    curve
  }
}
