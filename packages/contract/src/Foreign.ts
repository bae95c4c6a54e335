import type { ComputeError } from "@orrery/core"
import { Context, Effect, Layer } from "effect"

/** Things on a backend that Orrery did not make, and therefore must never touch. */
export class Foreign extends Context.Service<
  Foreign,
  {
    /** Makes a few, as like what we make under these names as can be, but for the marks. */
    readonly plant: (like: ReadonlyArray<string>) => Effect.Effect<void, ComputeError>
    /** Names those that still are as they were planted. */
    readonly intact: Effect.Effect<ReadonlyArray<string>, ComputeError>
    readonly clear: Effect.Effect<void, ComputeError>
  }
>()("@orrery/contract/Foreign") {}

/** A set-up that plants nothing. */
export const noneForeign: Layer.Layer<Foreign> = Layer.succeed(Foreign, {
  plant: () => Effect.void,
  intact: Effect.succeed([]),
  clear: Effect.void
})
