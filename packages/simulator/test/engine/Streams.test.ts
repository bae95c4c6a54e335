import { assert, describe, it } from "vitest"
import { Streams } from "../../src/engine/Streams.ts"

const draws = (streams: Streams, name: string, count = 5) =>
  Array.from({ length: count }, () => streams.named(name).uint32())

describe("Streams", () => {
  it("depend on the seed and the name only, not on what else was drawn", () => {
    const alone = draws(new Streams(42), "arrivals")
    const among = new Streams(42)
    draws(among, "faults", 100)
    assert.deepStrictEqual(draws(among, "arrivals"), alone)
    assert.notDeepEqual(draws(new Streams(43), "arrivals"), alone)
    assert.notDeepEqual(draws(new Streams(42), "arrival"), alone)
    assert.notDeepEqual(draws(new Streams(42 + 2 ** 32), "arrivals"), alone)
  })

  it("continue where they were saved", () => {
    const streams = new Streams(1)
    draws(streams, "a", 7)
    const state = JSON.parse(JSON.stringify(streams.save()))
    const expected = [draws(streams, "a"), draws(streams, "b")]
    const again = new Streams(1)
    again.restore(state)
    assert.deepStrictEqual([draws(again, "a"), draws(again, "b")], expected)
  })

  it("draw below a bound evenly, and refuse a bound that is none", () => {
    const stream = new Streams(9).named("dice")
    const counts = [0, 0, 0]
    for (let k = 0; k < 30_000; k++) {
      const drawn = stream.below(3)
      counts[drawn] = (counts[drawn] ?? 0) + 1
    }
    for (const count of counts) assert.approximately(count, 10_000, 400)
    assert.throws(() => stream.below(0), RangeError)
    assert.throws(() => stream.below(2 ** 32 + 1), RangeError)
    assert.throws(() => new Streams(0.5), RangeError)
  })

  it("keep fractions in [0, 1) with bits below 2^-32", () => {
    const stream = new Streams(3).named("f")
    const fractions = Array.from({ length: 1_000 }, () => stream.fraction())
    assert.isTrue(fractions.every((x) => x >= 0 && x < 1))
    assert.isTrue(fractions.some((x) => !Number.isInteger(x * 2 ** 32)))
  })
})
