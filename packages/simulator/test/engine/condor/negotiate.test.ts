import { describe, expect, it } from "vitest"
import { parse } from "../../../src/engine/profiles/condor/index.ts"
import { counts, cycle, jobs, slot, taken } from "./pool.ts"

const slots = (count: number) => Array.from({ length: count }, (_, i) => slot(`s${i}`, { Memory: String(1000 + i) }))

describe("a negotiation cycle", () => {
  it("shares 2/3 to 1/3 between effective priorities of 1000 and 2000", () => {
    const accounts = { "a@x": { priority: 1 }, "b@x": { priority: 2 } }
    const result = cycle({ machines: slots(9), queues: { "b@x": jobs(1, 20), "a@x": jobs(2, 20) }, accounts })
    expect(counts(result)).toEqual({ "a@x": 6, "b@x": 3 })
    expect(result.matches[0]?.submitter).toBe("a@x")
  })

  it("lets a submitter round up once, so that a slot larger than its share is not left behind", () => {
    const machines = [slot("big", { Cpus: "10" }), slot("small")]
    const result = cycle({ machines, queues: { "a@x": jobs(1, 5), "b@x": jobs(2, 5) } })
    // Both may use 5.5. The first has used 1 when it asks for the 10 cores, the second nothing.
    expect(result.decisions.map((step) => [step.submitter, step.kind === "match" ? step.slot : step.reason])).toEqual([
      ["a@x", "small"],
      ["a@x", "submitter limit exceeded"],
      ["b@x", "big"],
      ["b@x", "no match found"]
    ])
  })

  it("gives what one does not want to the others in a later spin", () => {
    const result = cycle({ machines: slots(6), queues: { "a@x": jobs(1, 1), "b@x": jobs(2, 9) } })
    expect(counts(result)).toEqual({ "a@x": 1, "b@x": 5 })
  })

  it("keeps to ceilings, and serves floors first", () => {
    const accounts = { "a@x": { ceiling: 2 }, "b@x": { priority: 50, floor: 3 } }
    const result = cycle({ machines: slots(6), queues: { "a@x": jobs(1, 9), "b@x": jobs(2, 9) }, accounts })
    expect(counts(result)).toEqual({ "a@x": 2, "b@x": 4 })
    expect(result.matches.slice(0, 3).map((match) => match.submitter)).toEqual(["b@x", "b@x", "b@x"])
  })

  it("takes jobs by JobPrio, then in the order they were submitted", () => {
    const queue = [...jobs(3, 1), ...jobs(2, 2), ...jobs(4, 1, { JobPrio: "7" })]
    const result = cycle({ machines: slots(4), queues: { "a@x": queue } })
    expect(result.matches.map((match) => match.job)).toEqual(["4.0", "2.0", "2.1", "3.0"])
    expect(result.matches.map((match) => match.request)).toEqual(["4.0", "4.0", "4.0", "4.0"])
  })

  it("orders slots by NEGOTIATOR_PRE_JOB_RANK, then the job's Rank, then NEGOTIATOR_POST_JOB_RANK", () => {
    const machines = [
      slot("large", { Memory: "9000" }),
      slot("slow", { Memory: "1000", KFlops: "10" }),
      slot("fast", { Memory: "1000", KFlops: "900" })
    ]
    const order = (rank: string, config = {}) =>
      cycle({ machines, queues: { "a@x": jobs(1, 3, { Rank: rank }) }, config }).matches.map((match) => match.slot)
    expect(order("TARGET.Memory")).toEqual(["fast", "slow", "large"])
    expect(order("TARGET.Memory", { preJobRank: parse("0") })).toEqual(["large", "fast", "slow"])
    expect(order("-TARGET.KFlops", { preJobRank: parse("0") })).toEqual(["large", "slow", "fast"])
  })

  it("compares the negotiator's ranks in single precision", () => {
    const machines = [slot("first", { Memory: "100000001" }), slot("second", { Memory: "100000000" })]
    const [match] = cycle({ machines, queues: { "a@x": jobs(1, 1) } }).matches
    expect(match?.ties).toEqual(["first", "second"])
    expect(match?.slot).toBe("first")
  })

  it("says for each slot which condition failed, and asks once for jobs that are alike", () => {
    const machines = [slot("small"), slot("closed", { Cpus: "8", Start: 'TARGET.Kind =?= "red"' })]
    const { refusals } = cycle({ machines, queues: { "a@x": jobs(1, 3, { RequestCpus: "4" }) } })
    expect(refusals).toHaveLength(1)
    expect(refusals[0]?.reason).toBe("no match found")
    expect(refusals[0]?.slots.map((refusal) => refusal.why)).toEqual([
      "the job requires TARGET.Cpus >= RequestCpus, which is false",
      "the slot requires START, which is false"
    ])
  })
})

describe("preemption", () => {
  const holder = "old@x"
  const queue = { "new@x": jobs(1, 1) }
  const accounts = { [holder]: { priority: 100 } }

  it("by priority is off unless PREEMPTION_REQUIREMENTS says otherwise", () => {
    const { refusals } = cycle({ machines: [taken("s", holder)], queues: queue, accounts })
    expect(refusals[0]?.reason).toBe("PREEMPTION_REQUIREMENTS == False")
    const allowed = { preemptionRequirements: parse("RemoteUserPrio > TARGET.SubmitterUserPrio * 1.2") }
    const { matches } = cycle({ machines: [taken("s", holder)], queues: queue, accounts, config: allowed })
    expect(matches[0]?.preempts).toBe(holder)
  })

  it("by rank happens whenever the slot prefers the new job", () => {
    const machines = [taken("s", holder, { Rank: "TARGET.RequestCpus" })]
    expect(cycle({ machines, queues: queue, accounts }).matches[0]?.preempts).toBe(holder)
    expect(cycle({ machines, queues: queue, config: { considerPreemption: false } }).matches).toEqual([])
  })

  it("prefers an unclaimed slot, and leaves retiring ones alone", () => {
    const machines = [taken("better", holder, { Rank: "1", RetirementTimeRemaining: "60" }), slot("free")]
    expect(cycle({ machines, queues: queue }).matches.map((match) => match.slot)).toEqual(["free"])
  })

  // Found by tools/fidelity/condor.ts, pool 2: whoever is preempted may use that much again in the same cycle.
  it("gives the use back to whoever lost the slot", () => {
    const machines = [
      taken("s", holder, { Rank: "TARGET.Wanted", Cpus: "4" }),
      slot("free", { Cpus: "4", Start: "TARGET.Wanted =!= 1" })
    ]
    const queues = { "new@x": jobs(1, 1, { Wanted: "1" }), [holder]: jobs(2, 1, { Rank: "1" }) }
    const result = cycle({ machines, queues, accounts: { [holder]: { priority: 0.6 } } })
    expect(result.matches.map(({ submitter, slot: name }) => [submitter, name])).toEqual([
      ["new@x", "s"],
      [holder, "free"]
    ])
  })
})

// Found by tools/fidelity/condor.ts, pool 54: only the first job of a list may go over the limit for a slot that prefers it.
it("holds the later ones of jobs that are alike to the limit even on slots that prefer them", () => {
  const three = { Cpus: "3" }
  const machines = [
    slot("free", three),
    taken("prefers", "old@x", { ...three, Rank: "0.01" }),
    taken("other", "old@x", { ...three, Start: "false" })
  ]
  const queues = { "new@x": jobs(1, 2), "old@x": jobs(2, 1, { Requirements: "false" }) }
  const ofNew = cycle({ machines, queues }).decisions.filter((step) => step.submitter === "new@x")
  expect(ofNew.map((step) => (step.kind === "match" ? step.slot : step.reason))).toEqual([
    "free",
    "submitter limit exceeded"
  ])
})

// Found by tools/fidelity/condor.ts: a slot that is never claimed does not take the job out of the queue.
it("offers a job again after it matched a slot without claiming", () => {
  const machines = ["a", "b"].map((name) => slot(name, { WantClaiming: "false" }))
  const result = cycle({ machines, queues: { "a@x": jobs(1, 1), "b@x": jobs(2, 1, { Requirements: "false" }) } })
  expect(result.matches.map((match) => match.request)).toEqual(["1.0", "1.0"])
  const claimed = cycle({ machines: [slot("a"), slot("b")], queues: { "a@x": jobs(1, 1) } })
  expect(claimed.matches).toHaveLength(1)
})
