import { assert, describe, it } from "vitest"
import { GoRandom } from "../../../src/experiment/GoRandom.ts"
import { goSeedWords } from "../../../src/experiment/goSeedWords.ts"

describe("GoRandom", () => {
  it("computes the words that Go mixes into a seed", () => {
    const { high, low } = goSeedWords()
    const first = (BigInt(high[0] ?? 0) << 32n) | BigInt(low[0] ?? 0)
    assert.strictEqual(BigInt.asIntN(64, first), -4181792142133755926n)
  })

  it("draws what rand.Intn draws after rand.Seed(1)", () => {
    const random = new GoRandom(1)
    assert.deepStrictEqual(
      [100, 100, 100, 100, 100].map((bound) => random.below(bound)),
      [81, 87, 47, 59, 81]
    )
  })

  it("permutes and shuffles: every element stays, the order changes with the seed", () => {
    const shuffled = (seed: number) => {
      const list = Array.from({ length: 100 }, (_, at) => at)
      new GoRandom(seed).shuffle(list)
      return list
    }
    assert.deepStrictEqual(
      shuffled(1).toSorted((a, b) => a - b),
      [...Array(100).keys()]
    )
    assert.notDeepEqual(shuffled(1), shuffled(2))
    assert.strictEqual(new Set(new GoRandom(7).permutation(1000)).size, 1000)
  })
})
