import { ClusterManager, ContainerManager, production, Scheduler } from "@orrery/core"
import { Effect, Stream } from "effect"
import { assert, describe, it } from "vitest"
import { badDay } from "../../src/provider/FaultPlan.ts"
import { type SimulatedOptions, simulated } from "../../src/provider/simulated.ts"
import { runVirtual } from "../../src/time/runVirtual.ts"
import { clusterSpec, deploymentSpec, jobSpec } from "./specs.ts"

const life = Effect.gen(function* () {
  const clusters = yield* ClusterManager
  const containers = yield* ContainerManager
  const jobs = yield* Scheduler
  yield* clusters.createCluster(clusterSpec)
  yield* containers.createDeployment(deploymentSpec)
  yield* jobs.submit(jobSpec)
  const ended = yield* jobs.watch(jobSpec).pipe(Stream.runLast)
  const lines = yield* jobs.logs(jobSpec).pipe(Stream.runCollect)
  yield* containers.deleteDeployment(deploymentSpec)
  yield* clusters.deleteCluster(clusterSpec.name)
  return { ended, lines: lines.map(({ text }) => text) }
})

const liveOn = (options: SimulatedOptions) => {
  let text = ""
  const backend = simulated({ ...options, onTrace: (chunk) => (text += chunk) })
  const layer = backend.services().pipe(production())
  const result = runVirtual(life.pipe(Effect.provide(layer)), {
    time: backend.world.time,
    streams: backend.world.streams,
    stepsMax: 5_000_000,
    name: "one life"
  })
  backend.world.trace.flush()
  return { backend, result, text }
}

describe("a simulated backend", () => {
  for (const profile of ["ideal", "aws"] as const)
    it(`serves the production services under the profile ${profile}`, () => {
      const { backend, result } = liveOn({ profile, seed: 1 })
      assert.strictEqual(result._tag, "Done", JSON.stringify(result))
      if (result._tag !== "Done") return
      assert.strictEqual(result.exit._tag, "Success", JSON.stringify(result.exit))
      if (result.exit._tag !== "Success") return
      const { ended, lines } = result.exit.value
      assert.strictEqual(ended._tag === "Some" ? ended.value.job.state : "", "succeeded")
      assert.deepStrictEqual(lines, ["hello 0"])
      const left = [...backend.park.machines.values()].filter(({ request, state }) => request && state !== "terminated")
      assert.deepStrictEqual(left, [])
      assert.deepStrictEqual(backend.foreign.intact(), backend.foreign.names())
    })

  it("does the same things for the same seed, byte by byte, and others for another", () => {
    const [first, second, other] = [7, 7, 8].map((seed) => liveOn({ profile: "aws", seed, faults: badDay }))
    assert.isAbove(first?.backend.world.trace.lines ?? 0, 20)
    assert.strictEqual(first?.text, second?.text)
    assert.strictEqual(first?.backend.world.trace.hash, second?.backend.world.trace.hash)
    assert.notStrictEqual(first?.backend.world.trace.hash, other?.backend.world.trace.hash)
  })

  it("is survived by the services on a bad day, on every seed", () => {
    const seen = new Map<string, number>()
    for (let seed = 0; seed < 100; seed++) {
      const { backend, result } = liveOn({ profile: "aws", seed, faults: badDay })
      assert.strictEqual(result._tag, "Done", `seed ${seed}: ${JSON.stringify(result)}`)
      if (result._tag === "Done")
        assert.strictEqual(result.exit._tag, "Success", `seed ${seed}: ${JSON.stringify(result.exit)}`)
      for (const [fault, count] of backend.world.dice.counts) seen.set(fault, (seen.get(fault) ?? 0) + count)
      assert.deepStrictEqual(backend.foreign.intact(), backend.foreign.names())
    }
    for (const fault of [
      "throttledPerMille",
      "throttledWithRetryAfterPerMille",
      "unavailablePerMille",
      "replyLostPerMille",
      "stalePerMille",
      "staleReadPerMille",
      "bootFailurePerMille",
      "pullFailurePerMille"
    ])
      assert.isAbove(seen.get(fault) ?? 0, 0, fault)
  }, 60_000)
})
