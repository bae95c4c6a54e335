import fc from "fast-check"
import { expect, test } from "vitest"
import { Gpus, gpusOf } from "../../src/engine/world/Gpus.ts"

const gpus = new Gpus()
const asks = fc.array(fc.oneof(fc.integer({ min: 1, max: 999 }), fc.constantFrom(0, 1_000, 2_000, 1_500)), {
  maxLength: 20
})

test("what is taken is what was asked for, no GPU gives more than it has, and all of it comes back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8_500 }), asks, (gpuMilli, wanted) => {
      const free = gpusOf(gpuMilli)
      expect(free.reduce((sum, milli) => sum + milli, 0)).toBe(gpuMilli)
      const taken = wanted.flatMap((milli) => {
        const before = [...free]
        const shares = gpus.take(free, milli)
        if (shares === undefined) expect([...free]).toEqual(before)
        else expect(shares.reduce((sum, [, share]) => sum + share, 0)).toBe(milli)
        return shares === undefined ? [] : [shares]
      })
      expect(Math.min(0, ...free)).toBe(0)
      for (const shares of taken) gpus.give(free, shares)
      expect([...free]).toEqual([...gpusOf(gpuMilli)])
    }),
    { seed: 3 }
  )
})

test("two halves of two GPUs are not a whole one, and the fullest GPU that has enough gives a share", () => {
  const free = Int32Array.of(600, 400, 1_000)
  expect(gpus.take(free, 2_000)).toBeUndefined()
  expect(gpus.take(free, 400)).toEqual([[1, 400]])
  expect(gpus.take(free, 1_500)).toEqual([
    [2, 1_000],
    [0, 500]
  ])
  expect([...free]).toEqual([100, 0, 0])
})
