import type { ComputeError, Provider } from "@orrery/core"
import { Context, type Effect, type Scope } from "effect"
import type { InputError } from "../input/InputError.ts"
import type { Backend } from "./Backend.ts"

/** What else there is to say of the backend that is asked for. */
export interface OpenOptions {
  readonly region?: string
  /** Where a simulated backend is kept between two commands. */
  readonly state?: string
}

/** How each backend is reached. Nothing of a backend is loaded before it is asked for. */
export class Backends extends Context.Service<
  Backends,
  {
    readonly open: (
      provider: Provider,
      options?: OpenOptions
    ) => Effect.Effect<Backend, ComputeError | InputError, Scope.Scope>
  }
>()("@orrery/cli/Backends") {}
