import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { Client } from "../../../packages/provider-k8s/src/Client.ts"
import { fakeNode } from "../../../packages/provider-k8s/test/fakeNode.ts"
import { backendNamed, startInstance, stopInstance } from "../../backends/lifecycle.ts"

/** A real control plane with kwok nodes, and a client of it. */
export interface ControlPlane {
  readonly kubeconfig: string
  readonly kubectl: string
  readonly client: Client["Service"]
  /** Makes or changes things, many at a time. */
  readonly all: (count: number, call: (index: number) => Effect.Effect<unknown, unknown>) => Promise<void>
}

/** Starts one, uses it and takes it away. */
export const onControlPlane = async <A>(use: (plane: ControlPlane) => Promise<A>): Promise<A> => {
  const state = mkdtempSync(join(tmpdir(), "orrery-bench-"))
  const instance = await startInstance(backendNamed("k8s"), {}, () => undefined, state)
  try {
    const kubeconfig = join(state, "kubeconfig")
    const client = await Effect.runPromise(Effect.provide(Client, Client.layer({ kubeconfig })))
    return await use({
      kubeconfig,
      kubectl: join(state, "bin", "kubectl"),
      client,
      all: (count, call) =>
        Effect.runPromise(
          Effect.forEach(
            Array.from({ length: count }, (_, index) => index),
            call,
            { concurrency: 32, discard: true }
          ).pipe(Effect.orDie)
        )
    })
  } finally {
    await stopInstance(instance)
    rmSync(state, { recursive: true, force: true })
  }
}

const bench = { operation: "bench", kind: "object" }

/** Makes one thing. */
export const create = (client: Client["Service"], path: string, body: object) =>
  client.request<object>({ ...bench, name: path, method: "POST", path, body })

/** Removes one thing, at once. */
export const remove = (client: Client["Service"], path: string) =>
  client.request<object>({ ...bench, name: path, method: "DELETE", path, body: { gracePeriodSeconds: 0 } })

/** A node that kwok keeps ready and that nothing fills. */
export const endlessNode = (name: string, labels: Readonly<Record<string, string>> = {}) =>
  fakeNode(name, labels, { cpu: "1000", memory: "1000Gi", pods: "100000" })

/** A pod as large as pods usually are, on a node; without one, it is kept back for good. */
export const pod = (name: string, nodeName?: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: "bench", version: "1", "app.kubernetes.io/name": name } },
  spec: {
    ...(nodeName === undefined ? { schedulingGates: [{ name: "bench/never" }] } : { nodeName }),
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: "main",
        image: "registry.example.com/team/service:1.2.3",
        command: ["serve", "--port", "8080"],
        env: Array.from({ length: 10 }, (_, index) => ({
          name: `SETTING_${index}`,
          value: `value of setting ${index}`
        })),
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } }
      }
    ]
  }
})

/** A full collection of garbage, so that what is left is what is held. */
export const heldBytes = async (): Promise<number> => {
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([import("node:v8"), import("node:vm")])
  setFlagsFromString("--expose_gc")
  const collect = runInNewContext("gc") as () => void
  collect()
  const { external, heapUsed } = process.memoryUsage()
  return heapUsed + external
}
