import { describe, expect, it } from "vitest"
import {
  adOf,
  carve,
  evaluateAttribute,
  fillSlot,
  queueOf,
  reuseClaim
} from "../../../src/engine/profiles/condor/index.ts"
import { jobs, slot } from "./pool.ts"

const whole = slot("slot1@m", { Cpus: "4", Memory: "4096", PartitionableSlot: "true" })

describe("partitionable slots", () => {
  it("round a request up to whole cores and 128 MiB", () => {
    const carved = carve(whole, adOf({ RequestCpus: "1", RequestMemory: "1000", RequestDisk: "10" }), 1)
    expect(carved?.dynamic.name).toBe("slot1_1@m")
    expect(["Cpus", "Memory", "Disk"].map((name) => evaluateAttribute(carved?.dynamic.ad ?? adOf({}), name))).toEqual([
      1n,
      1024n,
      1024n
    ])
    expect(["Cpus", "Memory"].map((name) => evaluateAttribute(carved?.rest.ad ?? adOf({}), name))).toEqual([3n, 3072n])
  })

  it("refuse what fits only before rounding", () => {
    const tight = slot("slot1@m", { Memory: "1000" })
    expect(carve(tight, adOf({ RequestCpus: "1", RequestMemory: "1000" }), 1)).toBeUndefined()
  })

  it("are filled by their user's next jobs, in order, with what is left", () => {
    const queue = queueOf([...jobs(1, 2), ...jobs(2, 1, { RequestCpus: "3" }), ...jobs(3, 9)], [whole])
    const filled = fillSlot(whole, queue[0] as (typeof queue)[number], queue)
    expect(filled.started.map(({ job, slot: { name } }) => [job.id, name])).toEqual([
      ["1.0", "slot1_1@m"],
      ["1.1", "slot1_2@m"],
      ["3.0", "slot1_3@m"],
      ["3.1", "slot1_4@m"]
    ])
    expect(evaluateAttribute(filled.rest.ad, "Cpus")).toBe(0n)
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
  const all = asks.map(([cpus, memoryMib, priority], proc) => ({
    id: `1.${proc}`,
    ad: adOf({
      RequestCpus: String(cpus),
      RequestMemory: String(memoryMib),
      JobPrio: String(priority),
      Requirements: "TARGET.Cpus >= RequestCpus && TARGET.Memory >= RequestMemory"
    })
  }))
  const queue = queueOf(all, [machine])
  const { started, rest } = fillSlot(machine, queue[0] as (typeof queue)[number], queue)
  const size = (name: string) => started.map((each) => Number(evaluateAttribute(each.slot.ad, name)))
  expect(started.map(({ job }) => job.id)).toEqual(["1.1", "1.0", "1.2", "1.5", "1.6"])
  expect(started.map((each) => each.slot.name)).toEqual([1, 2, 3, 4, 5].map((number) => `slot1_${number}@cpu`))
  expect(size("Cpus")).toEqual([3, 30, 20, 5, 5])
  expect(size("Memory")).toEqual([1024, 1024, 1024, 256, 256])
  expect([evaluateAttribute(rest.ad, "Cpus"), evaluateAttribute(rest.ad, "Memory")]).toEqual([1n, 127488n])
})

describe("a claim", () => {
  const queue = queueOf([...jobs(1, 1, { Requirements: "false" }), ...jobs(2, 1)], [whole])

  it("runs its user's next job that matches while it is young", () => {
    expect(reuseClaim(whole, queue, 1199)?.id).toBe("2.0")
    expect(reuseClaim(whole, queue, 1200)).toBeUndefined()
    expect(reuseClaim(whole, queue, 1_000_000, -1)?.id).toBe("2.0")
  })
})

it("jobs are alike when nothing that a match looks at differs", () => {
  const asks = slot("s", { Start: "TARGET.Kind =!= 1" })
  const queue = [
    ...jobs(1, 1, { Kind: "1", Note: "1" }),
    ...jobs(2, 1, { Kind: "2", Note: "1" }),
    ...jobs(3, 1, { Kind: "2", Note: "9" })
  ]
  expect(queueOf(queue, [asks]).map((job) => job.autoCluster)).toEqual([0, 1, 1])
  expect(queueOf(queue, [whole]).map((job) => job.autoCluster)).toEqual([0, 0, 0])
})
