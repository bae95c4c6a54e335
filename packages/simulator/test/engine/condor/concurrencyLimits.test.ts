import { describe, expect, it } from "vitest"
import { parse } from "../../../src/engine/profiles/condor/index.ts"
import { cycle, jobs, slot, taken } from "./pool.ts"

const slots = (count: number) => Array.from({ length: count }, (_, i) => slot(`s${i}`, { Memory: String(1000 + i) }))
const asking = (cluster: number, count: number, limits: string) =>
  jobs(cluster, count, { ConcurrencyLimits: `"${limits}"` })
const reasons = (result: ReturnType<typeof cycle>) => result.refusals.map((refusal) => refusal.reason)

describe("concurrency limits", () => {
  it("stop a user's jobs when the pool uses as much as it may, and no other job", () => {
    const config = { concurrencyLimits: { license: 2 } }
    const queues = { "a@x": [...asking(1, 3, "License"), ...jobs(2, 1)] }
    const result = cycle({ machines: slots(6), queues, config })
    expect(result.matches.map((match) => match.job)).toEqual(["1.0", "1.1", "2.0"])
    expect(reasons(result)).toEqual(["concurrency limit license reached"])
  })

  it("count what claimed slots hold, and amounts other than one", () => {
    const config = { concurrencyLimits: { license: 5 } }
    const machines = [taken("t", "b@x", { ConcurrencyLimits: '"license:2.5"' }), ...slots(6)]
    const result = cycle({ machines, queues: { "a@x": asking(1, 9, "license:1.25") }, config })
    expect(result.matches).toHaveLength(2)
  })

  it("fall back on the limit of the name's scope, then on that of all", () => {
    const config = { concurrencyLimits: { "disk.*": 1 }, concurrencyLimitDefault: 2 }
    const queues = { "a@x": [...asking(1, 3, "disk.io"), ...asking(2, 3, "tape")] }
    const result = cycle({ machines: slots(6), queues, config })
    expect(result.matches.map((match) => match.job)).toEqual(["1.0", "2.0", "2.1"])
  })

  it("leave out what is no name", () => {
    const config = { concurrencyLimitDefault: 0 }
    expect(
      cycle({ machines: slots(1), queues: { "a@x": asking(1, 1, "9lives, a.b.c") }, config }).matches
    ).toHaveLength(1)
  })

  // Found by tools/fidelity/condor.ts: the negotiator keeps what was reached until one of the user's requests gets past.
  it("are named together with those reached just before", () => {
    const config = { concurrencyLimits: { one: 0, two: 0 } }
    const queues = { "a@x": [...asking(1, 1, "two"), ...asking(2, 1, "one"), ...jobs(3, 1), ...asking(4, 1, "one:3")] }
    expect(reasons(cycle({ machines: slots(2), queues, config }))).toEqual([
      "concurrency limit two reached",
      "concurrency limit one, two reached",
      "concurrency limit one reached"
    ])
  })

  // Found by tools/fidelity/condor.ts, pool 1008: the slot's ad still names the limits of the job that loses it.
  it("are charged once more when a job without any takes the slot of one with some", () => {
    const config = { concurrencyLimits: { license: 5 }, preemptionRequirements: parse("true") }
    const machines = [taken("t", "old@x", { ConcurrencyLimits: '"license:2"' }), slot("free", { Memory: "9999" })]
    const accounts = { "new@x": { priority: 0.5 }, "last@x": { priority: 9 } }
    const first = jobs(1, 1, { Requirements: 'TARGET.Name == "t"' })
    const queues = { "new@x": first, "last@x": asking(2, 1, "license:2") }
    expect(reasons(cycle({ machines, queues, accounts, config }))).toContain("concurrency limit license reached")
  })

  // Found by tools/fidelity/condor.ts, pool 1013: to the accountant that is no new match.
  it("are not charged when a user's own slot prefers the user's next job", () => {
    const config = { concurrencyLimits: { license: 2 } }
    const machines = [taken("t", "a@x", { Rank: "1", ConcurrencyLimits: '"license"' }), slot("free")]
    const result = cycle({ machines, queues: { "a@x": asking(1, 3, "license") }, config })
    expect(result.matches.map((match) => match.slot)).toEqual(["t", "free"])
  })
})
