import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { ClusterManager, production } from "@orrery/core"
import { layer } from "@orrery/provider-k8s"
import { Effect } from "effect"
import { type ControlPlane, create, endlessNode, onControlPlane } from "../kube/controlPlane.ts"
import type { BenchResult } from "../main.ts"

const nodeCount = 50
const podsPerNode = 8
/** Half of the nodes of each kind, so that there is always room beside those that are drained. */
const pools = ["ours", "theirs"] as const
const rounds = 3

const nodeName = (pool: string, index: number): string => `${pool}-${index}`

const deployment = (pool: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: pool },
  spec: {
    replicas: nodeCount * podsPerNode,
    selector: { matchLabels: { app: pool } },
    template: {
      metadata: { labels: { app: pool } },
      spec: {
        nodeSelector: { pool },
        terminationGracePeriodSeconds: 1,
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: { app: pool } }
          }
        ],
        containers: [{ name: "main", image: "busybox:1" }]
      }
    }
  }
})

/** Fills the nodes of a pool anew: everything may run everywhere, and is spread. */
const refill = async ({ kubectl }: ControlPlane, pool: string): Promise<void> => {
  const run = (...args: ReadonlyArray<string>) => promisify(execFile)(kubectl, args, { maxBuffer: 2 ** 26 })
  await run("uncordon", "-l", `pool=${pool}`)
  await run("rollout", "restart", `deployment/${pool}`)
  await run("rollout", "status", `deployment/${pool}`, "--timeout=300s")
}

/** Empties half of a pool's nodes, one after another; gives how long that took. */
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const beganMs = performance.now()
  await work()
  return performance.now() - beganMs
}

const half = (pool: string) => Array.from({ length: nodeCount }, (_, index) => nodeName(pool, index))

const ours = ({ kubeconfig }: ControlPlane) =>
  Effect.runPromise(
    ClusterManager.use(({ nodes }) =>
      Effect.forEach(half("ours"), (name) => nodes.drain(name), { discard: true })
    ).pipe(Effect.provide(production()(layer({ kubeconfig }))))
  )

const theirs = ({ kubectl }: ControlPlane) =>
  promisify(execFile)(kubectl, ["drain", ...half("theirs")], { maxBuffer: 2 ** 26 })

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** Fifty nodes with eight pods each emptied one after another, beside `kubectl drain` of as many. */
export const run = (): Promise<BenchResult> =>
  onControlPlane(async (plane) => {
    for (const pool of pools) {
      // as many nodes again take what leaves the first
      await plane.all(nodeCount * 2, (index) =>
        create(plane.client, "/api/v1/nodes", endlessNode(nodeName(pool, index), { pool }))
      )
      await Effect.runPromise(create(plane.client, "/apis/apps/v1/namespaces/default/deployments", deployment(pool)))
    }
    const times = { ours: [] as Array<number>, theirs: [] as Array<number> }
    for (let round = 0; round < rounds; round++) {
      for (const pool of pools) await refill(plane, pool)
      times.ours.push(await timed(() => ours(plane)))
      times.theirs.push(await timed(() => theirs(plane)))
    }
    const value = median(times.ours) / 1000
    const rival = median(times.theirs) / 1000
    return {
      value,
      unit: `s to drain ${nodeCount} nodes`,
      against: `kubectl drain of as many, ${rival.toFixed(1)} s`,
      ratio: rival / value,
      curve: times.ours.map((ms, round) => ({
        round,
        oursMs: Math.round(ms),
        kubectlMs: Math.round(times.theirs[round] ?? 0)
      }))
    }
  })
