import { parseDuration, parseQuantity, printBytes, printDuration } from "@orrery/core"
import { Result } from "effect"
import { expect, it } from "vitest"

it.each([
  ["0.1", 1000, 100],
  [0.5, 1000, 500],
  ["500m", 1000, 500],
  ["1Gi", 1, 1_073_741_824],
  ["1G", 1, 1_000_000_000],
  ["1e3", 1, 1000],
  ["0.0001", 1000, 1],
  [".5", 1000, 500]
])("%s in units of 1/%d is %d [R55 R56 N41 N42]", (written, units, expected) => {
  expect(parseQuantity(written, units)).toEqual(Result.succeed(expected))
})

it.each(["", "abc", "-1", "1 Gi", "1gi", "1Mib", "9Ei", "."])("%j is refused", (written) => {
  expect(Result.isFailure(parseQuantity(written, 1000))).toBe(true)
})

it.each([
  ["1h30m", 5_400_000],
  ["10 minutes", 600_000],
  [45, 45_000],
  ["1.5h", 5_400_000]
])("%s is %d ms", (written, expected) => expect(parseDuration(written)).toEqual(Result.succeed(expected)))

it("prints what it parses", () => {
  expect([printBytes(2 ** 29), printBytes(10 ** 9), printDuration(5_400_000)]).toEqual(["512Mi", "1000000000", "1h30m"])
})
