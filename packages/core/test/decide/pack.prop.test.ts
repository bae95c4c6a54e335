import { type NodePool, type Offering, pack } from "@orrery/core"
import fc from "fast-check"
import { expect, test } from "vitest"
import { amount, offering, pod, podSpec, pool } from "./given.ts"

const market = [
  offering("small", { capacity: amount(2000, 64), microUsdPerHour: 100 }),
  offering("large", { capacity: amount(4000, 64), microUsdPerHour: 170 }),
  offering("huge", { capacity: amount(5000, 64), microUsdPerHour: 260 })
]
const pools = market.map(({ instanceType }) => pool(instanceType, { instanceTypes: [instanceType] }))
const waiting = (cpus: ReadonlyArray<number>) => cpus.map((cpu, index) => pod(`p-${index}`, podSpec(amount(cpu))))
const packed = (
  cpus: ReadonlyArray<number>,
  given: ReadonlyArray<NodePool> = pools,
  offerings: ReadonlyArray<Offering> = market
) => pack({ pods: waiting(cpus), pools: given, offerings, sizes: {}, nodes: [] })
const costOf = (launches: ReturnType<typeof pack>["launches"]): number =>
  launches.reduce((sum, launch) => sum + launch.offering.microUsdPerHour, 0)

/** The cheapest over every way to split the requests into groups, each on the cheapest machine that takes it. */
const optimum = (cpus: ReadonlyArray<number>): number => {
  const best = (index: number, groups: ReadonlyArray<number>): number => {
    const next = cpus[index]
    if (next === undefined)
      return groups.reduce(
        (sum, group) =>
          sum + Math.min(...market.filter((it) => it.capacity.cpuMilli >= group).map((it) => it.microUsdPerHour)),
        0
      )
    const joined = groups.map((group, at) => best(index + 1, groups.with(at, group + next)))
    return Math.min(best(index + 1, [...groups, next]), ...joined)
  }
  return best(0, [])
}

test("all sets of up to four requests are packed as cheaply as any way there is", () => {
  const sizes = [500, 1000, 1500, 2000, 2500, 4000, 5000]
  let cases = 0
  const extend = (cpus: ReadonlyArray<number>, from: number): void => {
    if (cpus.length > 0) {
      const { launches, unplaced } = packed(cpus)
      expect(unplaced).toEqual([])
      expect(costOf(launches), `for ${cpus}`).toBe(optimum(cpus))
      cases++
    }
    if (cpus.length < 4) for (const [index, size] of sizes.entries()) if (index >= from) extend([...cpus, size], index)
  }
  extend([], 0)
  expect(cases).toBe(329)
})

test("each pod is packed once or refused with a reason per pool, no machine holds too much and no pool too many", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 6000 }), { maxLength: 25 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }),
      (cpus, most) => {
        const bounded = pools.map((pool, index) => ({ ...pool, maxSize: most[index] ?? 0 }))
        const { launches, unplaced } = packed(cpus, bounded)
        const named = [...launches.flatMap(({ pods }) => pods), ...unplaced.map(({ pod }) => pod)]
        expect(named.toSorted()).toEqual(
          waiting(cpus)
            .map(({ name }) => `default/${name}`)
            .toSorted()
        )
        for (const { offering, pods } of launches)
          expect(pods.reduce((sum, name) => sum + (cpus[Number(name.split("-")[1])] ?? 0), 0)).toBeLessThanOrEqual(
            offering.capacity.cpuMilli
          )
        for (const { maxSize, name } of bounded)
          expect(launches.filter((launch) => launch.pool === name).length).toBeLessThanOrEqual(maxSize)
        for (const { refusals } of unplaced)
          expect(refusals.map(({ candidate }) => candidate)).toEqual(pools.map(({ name }) => name))
      }
    )
  )
})
