import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { exp } from "../../../src/engine/math/exp.ts"
import { ln } from "../../../src/engine/math/ln.ts"
import { exponential, logNormal, normal, pickWeighted, uniformInteger } from "../../../src/engine/math/sample.ts"
import { Streams } from "../../../src/engine/Streams.ts"

const near = (ours: number, theirs: number) =>
  ours === theirs || Math.abs(ours - theirs) <= 2 * 2 ** -52 * Math.abs(theirs)
const runs = { numRuns: 20_000, seed: 3 }

describe("exp and ln", () => {
  it("agree with the engine's own within two units in the last place", () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 709, noNaN: true }), (x) => near(exp(x), Math.exp(x))),
      runs
    )
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true }), (x) => near(ln(x), Math.log(x))),
      runs
    )
  })

  it("keep the edges", () => {
    assert.deepStrictEqual(
      [exp(0), exp(710), exp(-746), exp(Number.NEGATIVE_INFINITY)],
      [1, Number.POSITIVE_INFINITY, 0, 0]
    )
    assert.deepStrictEqual(
      [ln(1), ln(0), ln(Number.POSITIVE_INFINITY)],
      [0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    )
    assert.isNaN(ln(-1))
    assert.isNaN(exp(Number.NaN))
    assert.strictEqual(ln(5e-324), Math.log(5e-324))
    assert.isAbove(exp(-745), 0)
  })

  it("give these bits on every engine", () => {
    assert.deepStrictEqual([exp(1), exp(-0.5), ln(10), ln(0.1)].map(String), [
      "2.7182818284590455",
      "0.6065306597126334",
      "2.302585092994046",
      "-2.3025850929940455"
    ])
  })
})

describe("samplers", () => {
  const stream = () => new Streams(5).named("samples")
  const mean = (draw: () => number) => Array.from({ length: 50_000 }, draw).reduce((sum, x) => sum + x, 0) / 50_000

  it("have the means they are asked for", () => {
    const one = stream()
    assert.approximately(
      mean(() => exponential(one, 10)),
      10,
      0.2
    )
    assert.approximately(
      mean(() => normal(one, 3, 2)),
      3,
      0.05
    )
    assert.approximately(
      mean(() => ln(logNormal(one, 100, 0.5))),
      ln(100),
      0.02
    )
    assert.approximately(
      mean(() => uniformInteger(one, 1, 6)),
      3.5,
      0.05
    )
    assert.approximately(
      mean(() => pickWeighted(one, [1, 0, 3])),
      1.5,
      0.03
    )
  })

  it("never pick what weighs nothing, and reach both ends of a range", () => {
    const one = stream()
    const picked = new Set(Array.from({ length: 1_000 }, () => pickWeighted(one, [0, 2, 0, 1])))
    assert.deepStrictEqual(picked, new Set([1, 3]))
    const rolled = new Set(Array.from({ length: 1_000 }, () => uniformInteger(one, -2, 2)))
    assert.strictEqual(rolled.size, 5)
  })
})
