import { describe, expect, it } from "vitest"
import { LateSegmenter } from "../src/LateSegmenter.ts"

describe("a start that does not load what it does not need", () => {
  it("splits text as Intl.Segmenter does, with the options it was given", () => {
    for (const granularity of ["grapheme", "word"] as const) {
      const pieces = (segmenter: Pick<Intl.Segmenter, "segment">) =>
        [...segmenter.segment("naïve 👩‍🚀 x")].map(({ segment }) => segment)
      expect(pieces(new LateSegmenter("en", { granularity }))).toEqual(
        pieces(new Intl.Segmenter("en", { granularity }))
      )
    }
  })
})
