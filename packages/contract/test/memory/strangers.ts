import { Effect, Layer } from "effect"
import { Foreign } from "../../src/index.ts"

/** Things in memory that look like ours and are not. */
export const strangers: Layer.Layer<Foreign> = Layer.effect(
  Foreign,
  Effect.sync(() => {
    const planted = new Set<string>()
    return Foreign.of({
      plant: (like) => Effect.sync(() => like.forEach((name) => void planted.add(`${name}-stranger`))),
      intact: Effect.sync(() => [...planted]),
      clear: Effect.sync(() => planted.clear())
    })
  })
)
