import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { type Backend, type CheckFailed, omitted, suite } from "./index.ts"

/** How to run a check; in real time where left out, in virtual time for a simulator. */
export interface ContractOptions {
  readonly run?: (check: Effect.Effect<void, CheckFailed>) => Promise<void>
}

/** What is left out, a line for each reason: the checks by name where they are few. */
const leftOut = (backend: Backend): ReadonlyArray<string> => {
  const titlesOf = new Map<string, ReadonlyArray<string>>()
  for (const { title, why } of omitted(backend)) titlesOf.set(why, [...(titlesOf.get(why) ?? []), title])
  return [...titlesOf].map(([why, titles]) => {
    const what = titles.length > 3 ? `${titles.length} checks` : titles.join("; ")
    return `${backend.name}: not tried: ${what}: ${why}`
  })
}

/** Registers every check of the contract as a test, and prints what is left out and why. */
export const contract = (backend: Backend, { run = Effect.runPromise }: ContractOptions = {}): void => {
  const checks = suite(backend)
  describe(`contract on ${backend.name}`, () => {
    it("has something to check", () => {
      expect(checks.length).toBeGreaterThan(0)
      for (const line of leftOut(backend)) console.info(line)
    })
    for (const check of checks)
      it(check.title, () => run(check.run), backend.pace.timeoutMs * (1 + (backend.exploration?.runs ?? 3)))
  })
}
