import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { ContainerManager, production } from "@orrery/core"
import { Effect, Stream } from "effect"
import { Kubernetes, KubernetesAdmin, layer as kubernetes } from "../../../packages/provider-k8s/src/index.ts"
import { addNode, config, deployment, destroyPath, server } from "../../../packages/provider-k8s/test/server.ts"
import { drawn } from "../FaultPlan.ts"
import { FaultProxy } from "../FaultProxy.ts"

const dir = mkdtempSync(join(tmpdir(), "orrery-composed-"))

/** All services as an app has them, over a wire on which every fourth request meets a fault. */
const overBrokenWire = (seed: number) =>
  Effect.gen(function* () {
    const proxy = yield* Effect.acquireRelease(
      Effect.promise(() => FaultProxy.open(config.kubeconfig)),
      (open) => Effect.promise(() => open.close())
    )
    const kubeconfig = join(dir, String(seed))
    writeFileSync(kubeconfig, proxy.kubeconfig)
    proxy.plan = drawn({ seed, percent: 25, inRowMax: 2 })
    return { proxy, all: production()(kubernetes({ kubeconfig })) }
  })

const replicas = 12

layer(server, { excludeTestServices: true, timeout: "240 seconds" })(
  "calls of many requests over a wire that breaks",
  (it) => {
    for (const seed of [1, 2, 3])
      it.effect(`come to their end, and tell each thing once, with seed ${seed}`, () =>
        Effect.gen(function* () {
          const { all, proxy } = yield* overBrokenWire(seed)
          const name = `composed-${seed}-${process.pid}`
          yield* addNode(name, { for: name })
          yield* Effect.gen(function* () {
            const admin = yield* KubernetesAdmin
            const containers = yield* ContainerManager
            const more = yield* Kubernetes
            yield* containers.createDeployment(deployment(name, name, { replicas }))
            assert.strictEqual((yield* more.awaitRollout({ name })).state, "available")
            const own = (yield* admin.exportCluster).split("---\n").filter((text) => text.includes(name))
            assert.deepStrictEqual(yield* admin.importCluster(own.join("---\n")), [`Deployment default/${name}`])
            const told = yield* Stream.runCollect(admin.drain(name))
            const gone = told.filter(({ state }) => state === "gone").map(({ pod }) => pod)
            assert.deepStrictEqual([gone.length, new Set(gone).size], [replicas, replicas])
            yield* containers.deleteDeployment({ name })
          }).pipe(Effect.provide(all))
          assert.isAtLeast(proxy.records.filter(({ fault }) => fault !== undefined).length, 5)
          yield* destroyPath(`/api/v1/nodes/${name}`)
        })
      )
  }
)
