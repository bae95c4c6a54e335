import { Clock, Effect } from "effect"
import { control } from "../../loop/control.ts"
import { usualNamespace } from "../../model/Namespace.ts"
import type { ComputeError } from "../../service/ComputeError.ts"

/** How pods on hosts are managed. */
export interface HostsOptions {
  /** The pace of passes, watches and waits. */
  readonly everyMs?: number
  /** How long a call waits for pods to end. */
  readonly stopMsMax?: number
  /** Where things lie that name no namespace. */
  readonly namespace?: string
}

/** The settings with what is usual for hosts. */
export const settingsOf = (options: HostsOptions): Required<HostsOptions> => ({
  everyMs: 2_000,
  stopMsMax: 300_000,
  namespace: usualNamespace,
  ...options
})

/** Passes at a steady pace. A pass looks for itself, so that the loop has nothing to see beforehand. */
export const keepPassing = (
  name: string,
  pass: Effect.Effect<void, ComputeError>,
  everyMs: number
): Effect.Effect<never> =>
  control({
    name,
    everyMs,
    observe: Effect.map(Clock.currentTimeMillis, (takenAtMs) => ({ takenAtMs, seen: undefined })),
    decide: () => pass,
    act: (work) => work
  })
