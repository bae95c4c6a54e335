import { assert, it } from "@effect/vitest"
import { ContainerManager, type Deployment } from "@orrery/core"
import { Effect, Schedule, Stream } from "effect"
import { goDurationMs } from "../src/admin/usage.ts"
import { KubernetesAdmin, layer } from "../src/index.ts"
import { startWithKubelet } from "./kubelet.ts"
import { deployment } from "./server.ts"

const services = layer(startWithKubelet("usage", "--with", "metrics"))

/** One core for as long as it lives. */
const busy: Deployment = {
  ...deployment("busy", "any", { replicas: 1 }),
  template: {
    ...deployment("busy", "any").template,
    spec: {
      ...deployment("busy", "any").template.spec,
      nodeSelector: {},
      containers: deployment("busy", "any").template.spec.containers.map((container) => ({
        ...container,
        command: ["sh", "-c", "while :; do :; done"]
      }))
    }
  }
}

it("reads durations as Go writes them", () => {
  assert.deepStrictEqual(
    ["10.5s", "1m0.5s", "1h", "250ms", "15000000ns", ""].map(goDurationMs),
    [10_500, 60_500, 3_600_000, 250, 15, 0]
  )
})

it.live(
  "what nodes and pods use is measured by the real metrics server over the real kubelet, and told above a limit [R103 R127 R138 R139 R140 R141 R142]",
  () =>
    Effect.gen(function* () {
      const admin = yield* KubernetesAdmin
      const containers = yield* ContainerManager
      yield* containers.createDeployment(busy)
      const pods = Effect.map(admin.podUsage("default"), (all) => all.filter(({ name }) => name.startsWith("busy-")))
      // two looks of the kubelet lie ten seconds apart
      const [pod] = yield* Effect.repeat(pods, {
        until: (found) => found.length === 1,
        schedule: Schedule.spaced("1 second")
      }).pipe(Effect.timeout("90 seconds"))
      assert.isAtLeast(pod?.used.cpuMilli ?? 0, 50)
      assert.isAtLeast(pod?.used.memoryBytes ?? 0, 1)
      assert.deepStrictEqual(
        pod?.containers.map(({ name }) => name),
        ["main"]
      )
      assert.isAtLeast(pod?.windowMs ?? 0, 1_000)
      assert.isAtMost(Math.abs((pod?.atMs ?? 0) - Date.now()), 120_000)
      const [node] = yield* admin.nodeUsage
      assert.strictEqual(node?.name, "real")
      assert.isAtLeast(node?.used.cpuMilli ?? 0, pod?.used.cpuMilli ?? 0)
      assert.isAtLeast(node?.used.memoryBytes ?? 0, 2 ** 20)
      const limits = { cpuPercent: 1_000, memoryPercent: 1, everyMs: 1_000 }
      const [alert] = yield* admin
        .watchUsage(limits)
        .pipe(Stream.take(1), Stream.runCollect, Effect.timeout("90 seconds"))
      assert.deepInclude(alert, { node: "real", resource: "memory", state: "above", limitPercent: 1 })
      assert.isAtLeast(alert?.percent ?? 0, 1)
      yield* containers.deleteDeployment({ name: "busy" })
    }).pipe(Effect.provide(services)),
  300_000
)
