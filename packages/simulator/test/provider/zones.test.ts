import { ClusterManager, production } from "@orrery/core"
import { Effect } from "effect"
import { assert, it } from "vitest"
import { aws } from "../../src/provider/profiles.ts"
import { simulated } from "../../src/provider/simulated.ts"
import { runVirtual } from "../../src/time/runVirtual.ts"
import { clusterSpec } from "./specs.ts"

const [main, ...others] = clusterSpec.nodePools.map((pool, at) =>
  at === 0 ? { ...pool, instanceTypes: ["c5.xlarge", "c5.2xlarge"], minSize: 30, maxSize: 90 } : pool
)
const crowd = { ...clusterSpec, nodePools: main === undefined ? [] : [main, ...others] }

/** A fleet of thirty machines on simulated EC2, of which each zone has so many at an hour. */
const zonesWith = (available: { readonly min: number; readonly max: number }, seed: number) => {
  const market = { ...aws.market, available: { ...aws.market.available, "on-demand": available } }
  const backend = simulated({ profile: { ...aws, market }, seed })
  const work = ClusterManager.use((clusters) => clusters.createCluster(crowd)).pipe(
    Effect.provide(backend.services().pipe(production()))
  )
  const { streams, time } = backend.world
  const result = runVirtual(work, { time, streams, stepsMax: 5_000_000, name: "zones" })
  if (result._tag !== "Done" || result.exit._tag !== "Success") throw new Error(JSON.stringify(result))
  const pool = result.exit.value.nodes.filter((node) => node.pool === main?.name)
  return {
    inZones: ["a", "b", "c"].map((at) => pool.filter(({ zone }) => zone === at).length),
    ofFirstType: pool.filter(({ instanceType }) => instanceType === "c5.xlarge").length
  }
}

it("on simulated EC2 a pool stands in all zones evenly", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { inZones, ofFirstType } = zonesWith({ min: 20, max: 200 }, seed)
    assert.deepStrictEqual([inZones, ofFirstType], [[10, 10, 10], 30])
  }
})

it("what a zone does not have comes from the others, and then from the next type", () => {
  const seeds = Array.from({ length: 10 }, (_, seed) => zonesWith({ min: 8, max: 11 }, seed))
  for (const { inZones, ofFirstType } of seeds) {
    assert.strictEqual(
      inZones.reduce((sum, count) => sum + count, 0),
      30
    )
    assert.isAtLeast(ofFirstType, 24)
  }
  assert.isTrue(seeds.some(({ ofFirstType }) => ofFirstType < 30))
  assert.isTrue(seeds.some(({ inZones }) => new Set(inZones).size > 1))
})
