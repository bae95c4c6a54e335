import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ClusterManager, clusterManagerFromMachines } from "../../src/index.ts"
import { clusterSpec } from "./clusterSpec.ts"
import { Cloud, memoryMachines } from "./MemoryMachines.ts"
import { succeeds } from "./timely.ts"

it.effect(
  "a name that nodes of two clusters bear is a conflict; cluster/name and the id tell them apart [D1 D18]",
  () =>
    Effect.gen(function* () {
      const clusters = yield* ClusterManager
      const { nodes } = clusters
      for (const name of ["one", "two"]) yield* clusters.createCluster(clusterSpec({ name }, { minSize: 1 }))
      const error = yield* Effect.flip(nodes.get("main-1"))
      assert.strictEqual(error.reason._tag, "Conflict")
      assert.include(error.message, "one/main-1 or two/main-1")
      const second = yield* nodes.get("two/main-1")
      assert.deepStrictEqual([second.cluster, yield* nodes.get(second.id)], ["two", second])
    }).pipe(Effect.provide(clusterManagerFromMachines().pipe(Layer.provide(memoryMachines(new Cloud())))), succeeds)
)
