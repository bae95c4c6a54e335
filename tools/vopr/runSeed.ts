import { suite } from "@orrery/contract"
import { Cause, Effect, Exit } from "effect"
import { runInOwnTime, simulatedBackend } from "../../packages/simulator/test/contract/simulatedBackend.ts"
import { dayOf } from "./dayOf.ts"

/** What came of one seed. */
export interface SeedResult {
  readonly day: string
  readonly checks: number
  readonly failures: ReadonlyArray<string>
}

/** Runs two checks drawn by the seed: over many seeds every check meets every kind of day. */
export const runSeed = (seed: number): SeedResult => {
  const { faults, name, pick, profile, retries } = dayOf(seed)
  const checks = suite({ ...simulatedBackend({ profile, seed, faults, retries }), exploration: { seed, runs: 1 } })
  const picked = pick(checks)
  const failures = picked.flatMap((check) => {
    const result = runInOwnTime(Effect.suspend(() => check.run))
    if (result._tag !== "Done") return [`${check.title}: ${result._tag}: ${result.message}`]
    return Exit.isSuccess(result.exit)
      ? []
      : [`${check.title}: ${Cause.pretty(result.exit.cause).split("\n    at ")[0]}`]
  })
  return { day: `${profile}, ${name}`, checks: picked.length, failures }
}
