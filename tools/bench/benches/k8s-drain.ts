import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { ClusterManager, production } from "@orrery/core"
import { layer } from "@orrery/provider-k8s"
import { Effect } from "effect"
import { type ControlPlane, create, endlessNode, onControlPlane } from "../kube/controlPlane.ts"
import type { BenchResult } from "../main.ts"

const nodeCount = 50
const podsPerNode = 8
/** Emptied at a time, in turn with the rival. */
const turnCount = 10
const pools = ["ours", "theirs"] as const

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

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const beganMs = performance.now()
  await work()
  return performance.now() - beganMs
}

const kubectlOf =
  ({ kubectl }: ControlPlane) =>
  (...args: ReadonlyArray<string>) =>
    promisify(execFile)(kubectl, args, { maxBuffer: 2 ** 26 })

const ours = ({ kubeconfig }: ControlPlane, nodes: ReadonlyArray<string>) =>
  Effect.runPromise(
    ClusterManager.use((clusters) =>
      Effect.forEach(nodes, (name) => clusters.nodes.drain(name), { discard: true })
    ).pipe(Effect.provide(production()(layer({ kubeconfig }))))
  )

const sum = (values: ReadonlyArray<number>): number => values.reduce((all, one) => all + one, 0)

/** Fifty nodes with eight pods each emptied one after another, ten at a time in turn with `kubectl drain` of as many. */
export const run = (): Promise<BenchResult> =>
  onControlPlane(async (plane) => {
    for (const pool of pools) {
      // as many nodes again take what leaves the first
      await plane.all(nodeCount * 2, (index) =>
        create(plane.client, "/api/v1/nodes", endlessNode(nodeName(pool, index), { pool }))
      )
      await Effect.runPromise(create(plane.client, "/apis/apps/v1/namespaces/default/deployments", deployment(pool)))
    }
    const kubectl = kubectlOf(plane)
    for (const pool of pools) await kubectl("rollout", "status", `deployment/${pool}`, "--timeout=300s")
    const times: Array<Readonly<Record<(typeof pools)[number], number>>> = []
    for (let from = 0; from < nodeCount; from += turnCount) {
      const turn = Array.from({ length: turnCount }, (_, index) => from + index)
      times.push({
        ours: await timed(() =>
          ours(
            plane,
            turn.map((index) => nodeName("ours", index))
          )
        ),
        theirs: await timed(() => kubectl("drain", ...turn.map((index) => nodeName("theirs", index))))
      })
    }
    const value = sum(times.map((turn) => turn.ours)) / 1000
    const rival = sum(times.map((turn) => turn.theirs)) / 1000
    return {
      value,
      unit: `s to drain ${nodeCount} nodes`,
      against: `kubectl drain of as many, ${rival.toFixed(1)} s`,
      ratio: rival / value,
      curve: times.map((turn, index) => ({
        nodes: (index + 1) * turnCount,
        oursMs: Math.round(turn.ours),
        kubectlMs: Math.round(turn.theirs)
      }))
    }
  })
