import { type NodePool, type Offering, offeringsOf } from "@orrery/core"
import { Result } from "effect"
import { expect, test } from "vitest"
import { offering, pool } from "./given.ts"

const market = [
  offering("small"),
  offering("small", { zone: "z2", microUsdPerHour: 90_000 }),
  offering("small", { market: "spot", microUsdPerHour: 30_000 }),
  offering("small", { market: "spot", zone: "z2", microUsdPerHour: 95_000 }),
  offering("large", { microUsdPerHour: 10_000 })
]
const print = (taken: ReadonlyArray<Offering>) => taken.map((it) => `${it.instanceType} ${it.zone} ${it.market}`)
const order = (given: Partial<typeof NodePool.Encoded>) =>
  print(Result.getOrThrow(offeringsOf(pool("a", given), market)))

test("the cheapest of the first instance type comes first, other types only after it [R16]", () => {
  expect(order({ instanceTypes: ["small", "large"] })).toEqual([
    "small z2 on-demand",
    "small z1 on-demand",
    "large z1 on-demand"
  ])
})

test("a pool with spot takes spot where it is cheaper than the full price there, and full-price machines after it [R24 R25]", () => {
  expect(order({ spot: {} })).toEqual(["small z1 spot", "small z2 on-demand", "small z1 on-demand"])
})

test("a highest price rules out all above it [R26]", () => {
  expect(order({ spot: { maxMicroUsdPerHour: 0.09 } })).toEqual(["small z1 spot", "small z2 on-demand"])
})

test("zones that are named are the only ones", () => {
  expect(order({ zones: ["z1"] })).toEqual(["small z1 on-demand"])
})

test("where nothing is left, each offering says why", () => {
  const refusals = (given: Partial<typeof NodePool.Encoded>, offerings = market) => {
    const result = offeringsOf(pool("a", given), offerings)
    return Result.isFailure(result) ? result.failure.map(({ candidate, code, why }) => [candidate, code, why]) : []
  }
  expect(refusals({ instanceTypes: ["large", "huge"], zones: ["z9"] })).toEqual([
    ["large on-demand in z1", "zone", "pool a may only be in z9"],
    ["huge", "unknown", "nobody offers huge"]
  ])
  expect(refusals({}, market.slice(2, 3))).toEqual([["small spot in z1", "spot", "pool a takes no spot machines"]])
  expect(refusals({ spot: { maxMicroUsdPerHour: 0.02 } }, market.slice(2, 3))).toEqual([
    ["small spot in z1", "price", "costs 0.03 USD an hour, pool a pays at most 0.02"]
  ])
})
