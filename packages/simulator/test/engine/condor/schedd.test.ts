import { describe, expect, it } from "vitest"
import { adOf, carve, evaluateAttribute, queueOf } from "../../../src/engine/profiles/condor/index.ts"
import { jobs, slot } from "./pool.ts"

const whole = slot("slot1@m", { Cpus: "4", Memory: "4096", PartitionableSlot: "true" })

describe("partitionable slots", () => {
  it("round a request up to whole cores and 128 MiB", () => {
    const carved = carve(whole, adOf({ RequestCpus: "1", RequestMemory: "1000", RequestDisk: "10" }), 1)
    expect(carved?.dynamic.name).toBe("slot1_1@m")
    expect(["Cpus", "Memory", "Disk"].map((name) => evaluateAttribute(carved?.dynamic.ad ?? adOf({}), name))).toEqual([
      1n,
      1024n,
      2048n
    ])
    expect(["Cpus", "Memory"].map((name) => evaluateAttribute(carved?.rest.ad ?? adOf({}), name))).toEqual([3n, 3072n])
  })

  // What a real startd gave, which rounds disk up to whole MiB and adds one.
  it.each([
    [1, 2048],
    [1024, 2048],
    [1025, 3072],
    [10_000, 11_264],
    [30_000_000, 30_001_152]
  ])("give a request for %i KiB of disk %i KiB", (askedKib, givenKib) => {
    const machine = slot("slot1@m", { Disk: "60331020" })
    const carved = carve(machine, adOf({ RequestCpus: "1", RequestMemory: "1", RequestDisk: String(askedKib) }), 1)
    expect(evaluateAttribute(carved?.dynamic.ad ?? adOf({}), "Disk")).toBe(BigInt(givenKib))
    expect(evaluateAttribute(carved?.rest.ad ?? adOf({}), "Disk")).toBe(60_331_020n - BigInt(givenKib))
  })

  // Found by tools/fidelity/condor.ts --live, pool 1: a real startd of 5000 MiB gave 5000 MiB and 1034 KiB for 5000 and 10.
  it("give what was asked where the rounded request is too large", () => {
    const tight = slot("slot1@m", { Memory: "5000" })
    const carved = carve(tight, adOf({ RequestCpus: "1", RequestMemory: "5000", RequestDisk: "10" }), 1)
    const ad = carved?.dynamic.ad ?? adOf({})
    expect(["Cpus", "Memory", "Disk"].map((name) => evaluateAttribute(ad, name))).toEqual([1n, 5000n, 1034n])
  })

  it("refuse what does not fit", () => {
    expect(carve(slot("slot1@m", { Memory: "1000" }), adOf({ RequestMemory: "1001" }), 1)).toBeUndefined()
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
