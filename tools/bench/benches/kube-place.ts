import { cluster, type PodKind, timePlacing } from "../kube/cluster.ts"
import { timeReal } from "../kube/real.ts"
import type { BenchOptions, BenchResult } from "../main.ts"

const nodeCount = 5000

const cases: ReadonlyArray<{
  readonly name: string
  readonly kind: PodKind
  readonly pods: number
  readonly percentage: number
  readonly goalPerSecond: number
}> = [
  { name: "default sampling", kind: "plain", pods: 60_000, percentage: 0, goalPerSecond: 20_000 },
  { name: "all nodes scored", kind: "plain", pods: 60_000, percentage: 100, goalPerSecond: 5_000 },
  { name: "affinity and spreading", kind: "spread", pods: 10_000, percentage: 0, goalPerSecond: 3_000 },
  { name: "affinity and spreading, all nodes scored", kind: "spread", pods: 3_000, percentage: 100, goalPerSecond: 0 }
]

const realPods: Readonly<Record<PodKind, number>> = { plain: 3000, spread: 1000 }

/** Pods placed in a second on 5,000 nodes by the default profile; beside the real scheduler where asked. */
export const run = async ({ real }: BenchOptions): Promise<BenchResult> => {
  const curve: Array<Record<string, number | string>> = []
  for (const { name, kind, pods, percentage, goalPerSecond } of cases) {
    const { perSecond, microseconds } = timePlacing(cluster(nodeCount, pods, kind), percentage)
    const realPerSecond =
      real && percentage === 0 ? { realPerSecond: await timeReal(nodeCount, realPods[kind], kind) } : {}
    curve.push({ case: name, perSecond, microseconds, goalPerSecond, ...realPerSecond })
  }
  const value = Number(curve[0]?.perSecond)
  const rival = curve[0]?.realPerSecond
  return {
    value,
    unit: "placements/s on 5,000 nodes, default sampling",
    against:
      rival === undefined
        ? "the goal of 20,000 placements/s"
        : `the real kube-scheduler with its API server, ${rival}/s`,
    ratio: value / Number(rival ?? 20_000),
    curve
  }
}
