import { because, type ComputeError, InvalidInput, type Provider } from "@orrery/core"
import { Context, Effect, type Scope } from "effect"
import type { Backend } from "./Backend.ts"

/** How each backend is reached. Nothing of a backend is loaded before it is asked for. */
export class Backends extends Context.Service<
  Backends,
  {
    readonly open: (provider: Provider, region?: string) => Effect.Effect<Backend, ComputeError, Scope.Scope>
  }
>()("@orrery/cli/Backends") {}

/** The answer for a backend that this command cannot reach yet. */
export const unreachable = (provider: Provider): Effect.Effect<never, ComputeError> =>
  Effect.fail(
    because(
      new InvalidInput({
        backend: provider,
        operation: "connect",
        problems: [
          {
            path: "provider",
            message: `this command has no backend ${provider}`,
            remedy: "choose another one with --backend aws, kubernetes, htcondor or sim"
          }
        ]
      })
    )
  )
