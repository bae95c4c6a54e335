import { launchOrder, type Offering, offeringName, offeringsOf } from "@orrery/core"
import { Result } from "effect"
import fc from "fast-check"
import { expect, test } from "vitest"
import { offering, pool } from "./given.ts"

const zones = ["z1", "z2", "z3"]
const everywhere = (instanceType: string, given: Partial<Offering> = {}) =>
  zones.map((zone) => offering(instanceType, { zone, ...given }))
const choices = [...everywhere("small"), ...everywhere("large")]
const order = (counts: Readonly<Record<string, number>>, soldOut: ReadonlyArray<string> = [], among = choices) =>
  launchOrder(among, { zones: new Map(Object.entries(counts)), soldOut: new Set(soldOut) })
const names = (...given: Parameters<typeof order>) => order(...given).offerings.map(offeringName)

test("within one type the emptiest zone goes first, and the next type only after all of it", () => {
  expect(names({ z1: 2, z2: 1, z3: 2 }).slice(0, 4)).toEqual([
    "small on-demand in z2",
    "small on-demand in z1",
    "small on-demand in z3",
    "large on-demand in z2"
  ])
})

test("the market that is cheaper somewhere stays before the other one in every zone", () => {
  const spot = zones.map((zone, at) => offering("small", { zone, market: "spot", microUsdPerHour: 30_000 + at }))
  const wished = Result.getOrThrow(offeringsOf(pool("a", { spot: {} }), [...everywhere("small"), ...spot]))
  expect(names({ z1: 1 }, [], [...wished]).slice(0, 4)).toEqual([
    "small spot in z2",
    "small spot in z3",
    "small spot in z1",
    "small on-demand in z2"
  ])
})

test("what is sold out comes last, in the same order, and the reasons say so [R16]", () => {
  const soldOut = ["small on-demand in z1", "small on-demand in z3"]
  const { offerings, why } = order({ z2: 5 }, soldOut)
  expect(offerings.map(offeringName)).toEqual([
    "small on-demand in z2",
    "large on-demand in z1",
    "large on-demand in z3",
    "large on-demand in z2",
    ...soldOut
  ])
  expect(why).toEqual(soldOut.map((name) => `${name} is sold out`))
})

test("where everything is sold out, everything is tried again", () => {
  const everything = choices.map(offeringName)
  expect([names({}, everything), order({}, everything).why]).toEqual([everything, []])
})

test("one machine after the other, no zone gets two more than another that is not sold out", () => {
  fc.assert(
    fc.property(fc.nat(40), fc.subarray(zones, { maxLength: 2 }), (machines, closed) => {
      const counts: Record<string, number> = {}
      const soldOut = closed.map((zone) => `small on-demand in ${zone}`)
      for (let made = 0; made < machines; made++) {
        const zone = order(counts, soldOut).offerings[0]?.zone ?? ""
        counts[zone] = (counts[zone] ?? 0) + 1
      }
      const open = zones.filter((zone) => !closed.includes(zone)).map((zone) => counts[zone] ?? 0)
      expect(Math.max(...open) - Math.min(...open)).toBeLessThanOrEqual(1)
      expect(open.reduce((sum, count) => sum + count, 0)).toBe(machines)
    })
  )
})
