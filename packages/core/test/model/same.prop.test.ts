import fc from "fast-check"
import { expect, it } from "vitest"
import { same } from "../../src/model/same.ts"

it("data is the same as its copy, and as nothing that prints differently", () => {
  const data = fc.jsonValue()
  fc.assert(
    fc.property(data, data, (a, b) => {
      expect(same(a, structuredClone(a))).toBe(true)
      expect(same(a, b)).toBe(canonical(a) === canonical(b))
      expect(same(b, a)).toBe(same(a, b))
    })
  )
})

it("a missing key is an undefined one, and no other", () => {
  expect([same({ a: undefined }, {}), same({}, { a: undefined }), same({ a: null }, {}), same([], {})]).toEqual([
    true,
    true,
    false,
    false
  ])
})

it("what every object inherits is no data", () => {
  expect([same({ valueOf: [] }, {}), same({}, { valueOf: [] })]).toEqual([false, false])
})

/** Text in which equal data is equal; -0 is told from 0 as `same` tells it. */
const canonical = (value: unknown): string => {
  if (Object.is(value, -0)) return "-0"
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`
}
