import { expect, it } from "vitest"
import { grouped } from "../../src/model/grouped.ts"

it("things come by their key, in the order in which they came", () => {
  expect([...grouped(["b2", "a1", "b1"], (word) => word[0])]).toEqual([
    ["b", ["b2", "b1"]],
    ["a", ["a1"]]
  ])
  expect(grouped([], String).size).toBe(0)
})
