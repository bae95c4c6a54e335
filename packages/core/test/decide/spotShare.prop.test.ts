import { diff, mayAddSpot, type NodePool, type Offering, offeringsOf, pack } from "@orrery/core"
import { Result } from "effect"
import fc from "fast-check"
import { expect, test } from "vitest"
import { amount, cluster, node, offering, pod, podSpec, pool } from "./given.ts"

const shape = { capacity: amount(4000, 64) }
const market = (spotPrice: number): ReadonlyArray<Offering> => [
  offering("small", { ...shape, microUsdPerHour: 1000 }),
  offering("small", { ...shape, market: "spot", microUsdPerHour: spotPrice })
]
/** Prices are written in dollars. */
const spotPool = (sharePercent: number, highest: number): NodePool =>
  pool("general", {
    instanceTypes: ["small"],
    maxSize: 100,
    spot: { enabled: true, sharePercent, maxMicroUsdPerHour: highest / 1_000_000 }
  })
const nodesOf = (spot: number, full: number) => [
  ...Array.from({ length: spot }, (_, index) => node(`general-${index + 1}`, { market: "spot", ...shape })),
  ...Array.from({ length: full }, (_, index) => node(`general-${spot + index + 1}`, shape))
]

const given = {
  share: fc.integer({ min: 0, max: 100 }),
  spotPrice: fc.integer({ min: 100, max: 999 }),
  highest: fc.integer({ min: 100, max: 999 }),
  spotThere: fc.integer({ min: 0, max: 6 }),
  fullThere: fc.integer({ min: 0, max: 6 })
}

test("no machine is packed above the pool's share of spot machines or its highest spot price [R25 R26]", () => {
  fc.assert(
    fc.property(
      fc.record({ ...given, cpus: fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 10 }) }),
      ({ cpus, fullThere, highest, share, spotPrice, spotThere }) => {
        // machines that are there are full, so that everything that waits needs new ones
        const nodes = nodesOf(spotThere, fullThere).map((one) => ({ ...one, schedulable: false }))
        const pods = cpus.map((cpu, index) => pod(`p-${index}`, podSpec(amount(cpu))))
        const one = spotPool(share, highest)
        const packing = pack({ pods, pools: [one], offerings: market(spotPrice), sizes: {}, nodes })
        const spot = packing.launches.filter((launch) => launch.offering.market === "spot")
        expect(packing.unplaced).toEqual([])
        expect(packing.launches.flatMap((launch) => launch.pods)).toHaveLength(pods.length)
        for (const launch of spot) expect(launch.offering.microUsdPerHour).toBeLessThanOrEqual(highest)
        const total = nodes.length + packing.launches.length
        if (spot.length > 0) expect((spotThere + spot.length) * 100).toBeLessThanOrEqual(share * total)
        // and spot machines are taken as far as the share and the price allow
        if (spotPrice <= highest && mayAddSpot(one, { spot: spotThere, total: nodes.length }))
          expect(spot.length).toBeGreaterThan(0)
      }
    ),
    { numRuns: 50 }
  )
})

test("a plan launches no more spot machines than the pool's share, and says which must be at full price", () => {
  fc.assert(
    fc.property(
      fc.record({ ...given, want: fc.integer({ min: 0, max: 30 }) }),
      ({ fullThere, highest, share, spotPrice, spotThere, want }) => {
        const one = { ...spotPool(share, highest), minSize: want }
        const offerings = market(spotPrice)
        const nodes = nodesOf(spotThere, fullThere)
        const { steps } = diff({
          goal: { spec: cluster([one]), sizes: {}, generation: 1, deleting: false },
          nodes,
          offerings,
          nowMs: 0
        })
        const markets = steps.flatMap(({ step }) => {
          if (step.type !== "launch") return []
          const [first] = Result.getOrThrow(offeringsOf(one, offerings, step.market))
          return [first.market]
        })
        expect(markets).toHaveLength(Math.max(0, want - nodes.length))
        const spot = markets.filter((it) => it === "spot").length
        if (spot > 0) expect((spotThere + spot) * 100).toBeLessThanOrEqual(share * (nodes.length + markets.length))
      }
    )
  )
})
