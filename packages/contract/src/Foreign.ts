import { Context, type Effect } from "effect"

/** Things on a backend that Orrery did not make, and therefore must never touch. */
export class Foreign extends Context.Service<
  Foreign,
  {
    /** Makes a few, as like ours as can be but for the marks, near the given name. */
    readonly plant: (near: string) => Effect.Effect<void, unknown>
    /** Names those that still are as they were planted. */
    readonly intact: Effect.Effect<ReadonlyArray<string>, unknown>
    readonly clear: Effect.Effect<void, unknown>
  }
>()("@orrery/contract/Foreign") {}
