import { Effect, Layer } from "effect"
import { expect, it } from "vitest"
import { Compute, clusterManagerFromMachines } from "../../src/index.ts"
import { Cloud, memoryMachines } from "../derive/MemoryMachines.ts"

it("closing twice is closing once [N11]", async () => {
  let released = 0
  const counted = Layer.effectDiscard(Effect.acquireRelease(Effect.void, () => Effect.sync(() => released++)))
  const machines = clusterManagerFromMachines().pipe(Layer.provide(memoryMachines(new Cloud())))
  const compute = await Compute.connect(Layer.merge(machines, counted))
  await compute.close()
  await compute.close()
  expect(released).toBe(1)
})
