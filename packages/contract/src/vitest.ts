import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { type Backend, type CheckFailed, omitted, suite } from "./index.ts"

/** How to run a check; in real time where left out, in virtual time for a simulator. */
export interface ContractOptions {
  readonly run?: (check: Effect.Effect<void, CheckFailed>) => Promise<void>
}

/** Registers every check of the contract as a test, and prints what is left out and why. */
export const contract = (backend: Backend, { run = Effect.runPromise }: ContractOptions = {}): void => {
  const checks = suite(backend)
  describe(`contract on ${backend.name}`, () => {
    it("has something to check", () => {
      expect(checks.length).toBeGreaterThan(0)
      for (const { title, why } of omitted(backend)) console.info(`${backend.name}: not tried: ${title}: ${why}`)
    })
    for (const check of checks)
      it(check.title, () => run(check.run), backend.pace.timeoutMs * (1 + (backend.exploration?.runs ?? 3)))
  })
}
