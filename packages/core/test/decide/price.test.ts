import { hourlyPrice, type Lifetime, price } from "@orrery/core"
import fc from "fast-check"
import { expect, test } from "vitest"
import { node, offering } from "./given.ts"

const life = (machine: string, seconds: number, given: Partial<Lifetime> = {}): Lifetime => ({
  machine,
  pool: "a",
  instanceType: "small",
  zone: "z1",
  market: "on-demand",
  startedAtMs: 5_000,
  endedAtMs: 5_000 + seconds * 1000,
  ...given
})
const offerings = [offering("small", { microUsdPerHour: 36_000 })]

test.each([
  [0, 600],
  [59.5, 600],
  [60, 600],
  [60.001, 610],
  [3600, 36_000]
])("a life of %d s costs %d millionths: by begun seconds, at least a minute", (seconds, microUsd) => {
  expect(price({ nodes: [life("a-1", seconds)], offerings }).totalMicroUsd).toBe(microUsd)
})

test("what has no price is named and not taken as free", () => {
  expect(price({ nodes: [life("a-2", 60, { market: "spot" }), life("a-1", 60)], offerings })).toEqual({
    pools: { a: 600 },
    totalMicroUsd: 600,
    unpriced: ["a-2"]
  })
})

test("the pools' bills come to the total, whatever the order", () => {
  const lives = fc.array(fc.record({ pool: fc.constantFrom("a", "b", "c"), seconds: fc.nat({ max: 1_000_000 }) }))
  fc.assert(
    fc.property(lives, (given) => {
      const nodes = given.map(({ pool, seconds }, index) => life(`m-${index}`, seconds, { pool }))
      const bill = price({ nodes, offerings })
      expect(Object.values(bill.pools).reduce((sum, microUsd) => sum + microUsd, 0)).toBe(bill.totalMicroUsd)
      expect(bill.totalMicroUsd).toBe(given.reduce((sum, { seconds }) => sum + Math.max(60, seconds) * 10, 0))
      expect(price({ nodes: nodes.toReversed(), offerings })).toEqual(bill)
    })
  )
})

test("stopped machines cost nothing by the hour", () => {
  expect(hourlyPrice([node("a-1"), node("a-2", { state: "stopped" }), node("a-3", { state: "lost" })])).toBe(200_000)
})
