import { describe, expect, it } from "vitest"
import { advancePriority, halved } from "../../../src/engine/profiles/condor/index.ts"

const dayS = 86_400

describe("user priority", () => {
  it("is 75.125 after 100 cores for two half-lives", () => {
    expect(advancePriority(0.5, { weighted: 100 }, 2 * dayS, dayS)).toBe(75.125)
  })

  it("does not depend on how often it is updated", () => {
    let priority = 0.5
    for (let minute = 0; minute < 48 * 60; minute++) priority = advancePriority(priority, { weighted: 100 }, 60, dayS)
    expect(priority).toBeCloseTo(75.125, 8)
  })

  it("never falls below the best one", () => {
    expect(advancePriority(0.6, { weighted: 0 }, 10 * dayS, dayS)).toBe(0.5)
  })

  it("counts claims that came and went between two updates", () => {
    expect(advancePriority(0.5, { weighted: 0, unchargedS: 100 * dayS }, dayS, dayS)).toBe(50.25)
  })

  it("halves like the power function", () => {
    for (const exponent of [0, 0.25, 0.5, 1 / 3, 1, 1.7, 30.123])
      expect(halved(exponent)).toBeCloseTo(0.5 ** exponent, 14)
    expect(halved(5000)).toBe(0)
  })
})
