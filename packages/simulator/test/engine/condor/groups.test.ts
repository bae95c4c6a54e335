import { describe, expect, it } from "vitest"
import { counts, cycle, jobs, slot } from "./pool.ts"

const machines = Array.from({ length: 10 }, (_, i) => slot(`s${i}`, { Memory: String(1000 + i) }))
const queues = { "a.u@x": jobs(1, 20), "b.u@x": jobs(2, 20) }

describe("group quotas", () => {
  it("hold a group to its static quota even where slots stay free", () => {
    const groups = [
      { name: "a", quota: 3 },
      { name: "b", quota: 2 }
    ]
    expect(counts(cycle({ machines, queues, config: { groups } }))).toEqual({ "a.u@x": 3, "b.u@x": 2 })
  })

  it("are a share of what the static ones leave where they are dynamic", () => {
    const groups = [
      { name: "a", quota: 4 },
      { name: "b", quota: 0.5, dynamic: true }
    ]
    expect(counts(cycle({ machines, queues, config: { groups } }))).toEqual({ "a.u@x": 4, "b.u@x": 3 })
  })

  it("pass what nobody uses to those who accept surplus, by quota", () => {
    const groups = [
      { name: "a", quota: 3, acceptSurplus: true },
      { name: "b", quota: 2 }
    ]
    expect(counts(cycle({ machines, queues, config: { groups } }))).toEqual({ "a.u@x": 8, "b.u@x": 2 })
  })

  it("count a child's use against a parent that keeps to its own", () => {
    const groups = [
      { name: "a", quota: 4 },
      { name: "a.x", quota: 9 }
    ]
    const result = cycle({ machines, queues: { "a.x.u@x": jobs(1, 20), "a.u@x": jobs(2, 20) }, config: { groups } })
    expect(result.matches).toHaveLength(4)
  })

  it("are whole numbers when they reach the negotiation", () => {
    const groups = [{ name: "a", quota: 0.37, dynamic: true }]
    const result = cycle({ machines, queues: { "a.u@x": jobs(1, 20) }, config: { groups } })
    expect(result.quotas[0]).toEqual({ group: "a", quota: 3 })
    expect(result.matches).toHaveLength(3)
  })

  it("serve the hungriest group first", () => {
    const groups = [
      { name: "a", quota: 5 },
      { name: "b", quota: 5 }
    ]
    const accounts = { a: { usage: 3 }, "a.u@x": { usage: 3 } }
    expect(cycle({ machines, queues, accounts, config: { groups } }).matches[0]?.submitter).toBe("b.u@x")
  })

  // Found by tools/fidelity/condor.ts, pool 107: the real negotiator divides 0 by 0 here and starves the group.
  it("starve a group below its quota when no group uses less than it was allocated", () => {
    const groups = [{ name: "a", quota: 8, acceptSurplus: true }]
    const accounts = { a: { usage: 5 } }
    const result = cycle({ machines, queues: { "a.u@x": jobs(1, 3) }, accounts, config: { groups } })
    expect(result.matches).toEqual([])
    expect(result.quotas[0]).toEqual({ group: "a", quota: -2_147_483_648 })
  })

  it("let all compete for what is left where groups regroup", () => {
    const groups = [
      { name: "a", quota: 3 },
      { name: "b", quota: 2 }
    ]
    const result = cycle({ machines, queues, config: { groups, groupAutoregroup: true } })
    expect(result.matches).toHaveLength(10)
    expect(result.quotas.at(-1)?.group).toBe("<none>")
  })

  // Found by tools/fidelity/condor.ts, pool 1024: what all compete for in the end is a whole number as well.
  it("share whole cores where groups regroup", () => {
    const odd = [...machines.slice(0, 3), slot("half", { SlotWeight: "0.5" })]
    const groups = [{ name: "a", quota: 1 }]
    const config = { groups, groupAutoregroup: true, considerPreemption: false }
    const accounts = { "u@x": { priority: 1, usage: 1.6 }, "v@x": { priority: 1 } }
    const result = cycle({ machines: odd, queues: { "u@x": jobs(1, 9), "v@x": jobs(2, 9) }, accounts, config })
    // Half of 3 is less than the 1.6 that u has; half of 3.5 were more.
    expect(counts(result)).toEqual({ "v@x": 2 })
  })
})
