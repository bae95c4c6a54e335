import {
  because,
  type ComputeError,
  type ConfigFields,
  InvalidInput,
  type Middleware,
  type Problem
} from "@orrery/core"
import { Effect, Layer } from "effect"
import { type InRealTime, inRealTime, type RealTimeOptions } from "./inRealTime.ts"
import { profiles } from "./profiles.ts"
import { type SimulatedOptions, simulated } from "./simulated.ts"

/** What a simulated backend is like: `{ profile: "aws", seed: 7 }`. */
export interface SimulatedConfig extends Omit<SimulatedOptions, "time">, RealTimeOptions {}

/** Every field of a simulated backend's configuration. */
export const configFields: ConfigFields<SimulatedConfig> = {
  profile: "optional",
  seed: "optional",
  faults: "optional",
  onTrace: "optional",
  betweenCallsMs: "optional",
  fleet: "optional",
  hosts: "optional"
}

/** What is wrong with a configuration that no compiler has seen. */
const problemsOf = ({ betweenCallsMs = 0, profile, seed = 0 }: SimulatedConfig): ReadonlyArray<Problem> => {
  const known = typeof profile !== "string" || Object.hasOwn(profiles, profile)
  return [
    ...(known
      ? []
      : [
          { path: "config.profile", message: "unknown profile", remedy: `allowed: ${Object.keys(profiles).join(", ")}` }
        ]),
    ...(Number.isSafeInteger(seed) ? [] : [{ path: "config.seed", message: "a seed is a whole number within 2^53" }]),
    ...(Number.isSafeInteger(betweenCallsMs) && betweenCallsMs >= 0
      ? []
      : [{ path: "config.betweenCallsMs", message: "a whole number of milliseconds, 0 or more" }])
  ]
}

/** A simulated backend as every provider's module has it: a world of its own, which ends with the connection. */
export const layer = (config: SimulatedConfig): Layer.Layer<InRealTime, ComputeError> => {
  const problems = problemsOf(config)
  return problems.length === 0
    ? inRealTime(simulated(config), config)
    : Layer.effectContext(Effect.fail(because(new InvalidInput({ backend: "sim", operation: "connect", problems }))))
}

/** Nothing: its calls go through `production` in the simulated world already. */
export const through: Middleware = (services) => services
