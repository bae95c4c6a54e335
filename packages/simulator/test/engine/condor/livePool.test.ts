import { describe, expect, it } from "vitest"
import { adOf, evaluateAttribute, LivePool, type QueuedJob } from "../../../src/engine/profiles/condor/index.ts"
import { jobs, slot, taken } from "./pool.ts"

const user = "a@x"
const whole = slot("slot1@m", { Cpus: "4", Memory: "4096", PartitionableSlot: "true" })
const pool = (machine = whole, queue: ReadonlyArray<QueuedJob> = []): LivePool => {
  const live = new LivePool([machine])
  live.submit(user, queue)
  return live
}
const match = (job: string, name = "slot1@m") => ({ request: job, submitter: user, slot: name })

const cycleOf = (job: string, name?: string) => [
  { kind: "match", job, preempts: undefined, ties: [], ...match(job, name) } as const
]
const places = (live: LivePool) => live.running.map(({ job, slot: name }) => [job.id, name])
const sizeOf = (live: LivePool, name: string, attribute: string) => {
  const machine = live.machines.find((one) => one.name === name)
  return machine === undefined ? undefined : Number(evaluateAttribute(machine.ad, attribute))
}
const cpus = (live: LivePool, name: string) => sizeOf(live, name, "Cpus")

describe("a live pool", () => {
  it("fills what is left of a partitionable slot with the user's next jobs, in order", () => {
    const live = pool(whole, [...jobs(1, 2), ...jobs(2, 1, { RequestCpus: "3" }), ...jobs(3, 9)])
    live.start(cycleOf("1.0"), 0)
    expect(places(live)).toEqual([
      ["1.0", "slot1_1@m"],
      ["1.1", "slot1_2@m"],
      ["3.0", "slot1_3@m"],
      ["3.1", "slot1_4@m"]
    ])
    expect(cpus(live, "slot1@m")).toBe(0)
  })

  // Found by tools/fidelity/condor.ts --live, pool 1: every match of a request names its first job.
  it("gives the second match of a request to the user's first job that fits", () => {
    const live = pool(whole, [...jobs(1, 2), ...jobs(2, 1, { JobPrio: "5" })])
    live.claim(match("1.0"), 0)
    live.claim(match("1.0"), 0)
    expect(places(live).map(([job]) => job)).toEqual(["1.0", "2.0"])
  })

  it("gives no one else what is left", () => {
    const live = pool(whole, jobs(1, 1))
    live.submit("b@x", jobs(2, 3))
    live.start(cycleOf("1.0"), 0)
    expect(places(live)).toEqual([["1.0", "slot1_1@m"]])
    expect(live.submitters.map(({ name }) => name)).toEqual(["b@x"])
  })

  // Found by tools/fidelity/condor.ts --live, pool 20.
  it("leaves the rest alone where the matched slot was cut before, for somebody else", () => {
    const live = pool(whole, [])
    live.submit("b@x", jobs(1, 1))
    live.claim({ request: "1.0", submitter: "b@x", slot: "slot1@m" }, 0)
    live.submit(user, jobs(2, 2))
    live.start(cycleOf("2.0", "slot1_1@m"), 5)
    expect(places(live)).toEqual([["2.0", "slot1_1@m"]])
    expect(live.submitters.map(({ jobs: queue }) => queue.map(({ id }) => id))).toEqual([["2.1"], ["1.0"]])
  })

  it("runs the user's next job that fits on the claim of one that ended, while the claim is young", () => {
    const live = pool(whole, [...jobs(1, 1), ...jobs(2, 1, { RequestCpus: "9" }), ...jobs(3, 2)])
    live.claim(match("1.0"), 100)
    expect(live.end("1.0", 1299)?.job.id).toBe("3.0")
    expect(places(live)).toEqual([["3.0", "slot1_1@m"]])
    expect(live.end("3.0", 1300)).toBeUndefined()
    expect(cpus(live, "slot1@m")).toBe(4)
    expect(live.machines.map(({ name }) => name)).toEqual(["slot1@m"])
  })

  it("keeps a claim for ever where its worklife is negative", () => {
    const live = new LivePool([whole], { claimWorklifeS: -1 })
    live.submit(user, jobs(1, 2))
    live.claim(match("1.0"), 0)
    expect(live.end("1.0", 1_000_000)?.job.id).toBe("1.1")
  })

  // Found by tools/fidelity/condor.ts --live, pool 11: a startd that must end a job first gives the schedd no new ad.
  it("uses the claim of a slot that was taken from somebody else for jobs with the same concurrency limits", () => {
    const limits = (name: string) => ({ ConcurrencyLimits: `"${name}"` })
    const live = pool(slot("s"), jobs(1, 1))
    live.claim(match("1.0", "s"), 0)
    live.submit("b@x", [
      ...jobs(2, 1, limits("x")),
      ...jobs(3, 1),
      ...jobs(4, 1, limits("y")),
      ...jobs(5, 1, limits("X"))
    ])
    live.claim({ request: "2.0", submitter: "b@x", slot: "s" }, 0)
    expect(live.end("2.0", 1)?.job.id).toBe("5.0")
    expect(live.end("5.0", 2)).toBeUndefined()
  })

  // Found by tools/fidelity/condor.ts --live, pool 31: the negotiator counts the match for the limits of the job that must go.
  it("uses the claim of a slot that was taken from a job with concurrency limits for jobs with the same ones", () => {
    const limits = { ConcurrencyLimits: '"x"' }
    const live = new LivePool([slot("s"), slot("t")])
    live.submit(user, jobs(1, 1, limits))
    live.claim(match("1.0", "s"), 0)
    live.submit("b@x", [...jobs(2, 2), ...jobs(3, 1, limits)])
    const takes = { request: "2.0", submitter: "b@x", slot: "s" }
    const both = [live.claim(takes, 0), live.claim({ ...takes, slot: "t" }, 0)]
    expect(both.map((one) => [one?.job.id, one?.limits])).toEqual([
      ["2.0", "x"],
      ["2.1", undefined]
    ])
    const shown = live.machines.map(({ ad }) => evaluateAttribute(ad, "ConcurrencyLimits"))
    expect(shown).toEqual(["x", undefined])
    expect(live.end("2.0", 1)?.job.id).toBe("3.0")
  })

  // Found by tools/fidelity/condor.ts --live, pools 8 and 14: the ad that a startd gives of a claimed slot knows no limits.
  it("uses the claim of a slot that was free for jobs without concurrency limits only", () => {
    const limits = { ConcurrencyLimits: '"x"' }
    const live = pool(whole, [...jobs(1, 1, limits), ...jobs(2, 1, limits), ...jobs(3, 1)])
    live.claim(match("1.0"), 0)
    expect(live.end("1.0", 1)?.job.id).toBe("3.0")
    expect(live.end("3.0", 2)).toBeUndefined()
  })

  // Found by tools/fidelity/condor.ts --live, pool 10.
  it("uses a claim again for no job that the slot ranks below the one it was claimed for", () => {
    const live = pool(slot("s", { Cpus: "4", Rank: "TARGET.RequestCpus" }), [
      ...jobs(1, 1, { RequestCpus: "2" }),
      ...jobs(2, 1),
      ...jobs(3, 1, { RequestCpus: "3" }),
      ...jobs(4, 1, { RequestCpus: "2" })
    ])
    live.claim(match("1.0", "s"), 0)
    expect(live.end("1.0", 1)?.job.id).toBe("3.0")
    expect(live.end("3.0", 2)?.job.id).toBe("4.0")
    expect(live.end("4.0", 3)).toBeUndefined()
  })

  it("puts the job that loses its slot back into the queue", () => {
    const live = new LivePool([slot("s", { Rank: "TARGET.RequestCpus" })])
    live.submit("old@x", jobs(1, 1))
    live.claim({ request: "1.0", submitter: "old@x", slot: "s" }, 0)
    live.submit(user, jobs(2, 1))
    live.claim(match("2.0", "s"), 5)
    expect(live.submitters).toEqual([])
    live.requeue()
    expect(places(live)).toEqual([["2.0", "s"]])
    expect(live.submitters.map(({ jobs: queue, name }) => [name, queue.map((job) => job.id)])).toEqual([
      ["old@x", ["1.0"]]
    ])
    const [machine] = live.machines
    expect(machine && evaluateAttribute(machine.ad, "CurrentRank")).toBe(1)
    expect(machine && evaluateAttribute(machine.ad, "AccountingGroup")).toBe(user)
  })

  it("leaves a job in the queue that asks for more than there is", () => {
    const live = pool(
      slot("slot1@m", { Memory: "1000", PartitionableSlot: "true" }),
      jobs(1, 1, { RequestMemory: "1001" })
    )
    live.start(cycleOf("1.0"), 0)
    expect(live.running).toEqual([])
    expect(live.submitters).toHaveLength(1)
  })

  it("knows slots that were claimed before", () => {
    const live = new LivePool([taken("s", user, { ConcurrencyLimits: '"license"' })])
    live.release("s")
    const [machine] = live.machines
    expect(machine && evaluateAttribute(machine.ad, "State")).toBe("Unclaimed")
    expect(machine?.ad.lookup("ConcurrencyLimits")).toBeUndefined()
  })
})

// What a real startd of 64 cores and schedd of 23.9.6 made of these nine jobs after one match.
it("fills a slot as a real pool did", () => {
  const machine = slot("slot1@cpu", { Cpus: "64", Memory: "131072", PartitionableSlot: "true" })
  const asks: ReadonlyArray<readonly [cpus: number, memoryMib: number, priority: number]> = [
    [30, 1000, 0],
    [3, 1000, 1],
    [20, 1000, 0],
    [20, 1000, 0],
    [20, 1000, 0],
    [5, 129, 0],
    [5, 129, 0],
    [5, 129, 0],
    [5, 129, 0]
  ]
  const all = asks.map(([cores, memoryMib, priority], proc) => ({
    id: `1.${proc}`,
    ad: adOf({
      RequestCpus: String(cores),
      RequestMemory: String(memoryMib),
      JobPrio: String(priority),
      Requirements: "TARGET.Cpus >= RequestCpus && TARGET.Memory >= RequestMemory"
    })
  }))
  const live = pool(machine, all)
  live.start(cycleOf("1.1", "slot1@cpu"), 0)
  const size = (name: string) => live.running.map((each) => sizeOf(live, each.slot, name))
  expect(live.running.map(({ job }) => job.id)).toEqual(["1.1", "1.0", "1.2", "1.5", "1.6"])
  expect(live.running.map((each) => each.slot)).toEqual([1, 2, 3, 4, 5].map((number) => `slot1_${number}@cpu`))
  expect(size("Cpus")).toEqual([3, 30, 20, 5, 5])
  expect(size("Memory")).toEqual([1024, 1024, 1024, 256, 256])
  expect(cpus(live, "slot1@cpu")).toBe(1)
})
