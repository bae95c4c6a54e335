import type { Random } from "effect"
import type { Stream } from "../engine/Stream.ts"

const word = 2 ** 32
/** The span of the safe integers has 54 bits; 22 of them come from a second draw. */
const highRange = 2 ** 22

/** Effect's source of randomness, drawn from one named stream. */
export const simRandom = (stream: Stream): (typeof Random.Random)["Service"] => ({
  nextDoubleUnsafe: () => stream.fraction(),
  nextIntUnsafe: () => Number.MIN_SAFE_INTEGER + (stream.below(highRange) * word + stream.uint32())
})
