import { Context, type Effect } from "effect"

/** The time of a simulated backend that is used from real time: it stands still between calls. */
export class SimulatedTime extends Context.Service<
  SimulatedTime,
  {
    /** Unix time as the simulated world has it. */
    readonly nowMs: Effect.Effect<number>
    /** Lets the world go on for so many milliseconds. */
    readonly pass: (durationMs: number) => Effect.Effect<void>
  }
>()("@orrery/simulator/SimulatedTime") {}
