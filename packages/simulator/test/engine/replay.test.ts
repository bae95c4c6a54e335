import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { EventLog } from "../../src/engine/EventLog.ts"
import { printReplay, readReplay } from "../../src/engine/Replay.ts"
import { StateHash } from "../../src/engine/StateHash.ts"
import { shrink } from "../../src/engine/shrink.ts"

describe("StateHash", () => {
  const digestOf = (fold: (hash: StateHash) => void) => {
    const hash = new StateHash()
    fold(hash)
    return hash.digest()
  }

  it("tells any two short histories apart, their order included", () => {
    const histories = [[], [0], [0, 0], [1, 2], [2, 1], [2 ** 32], [2 ** 33], [-1]]
    const digests = histories.map((history) =>
      digestOf((hash) => {
        for (const value of history) hash.integer(value)
      })
    )
    assert.strictEqual(new Set(digests).size, histories.length)
    assert.notStrictEqual(
      digestOf((hash) => {
        hash.text("ab")
        hash.text("c")
      }),
      digestOf((hash) => {
        hash.text("a")
        hash.text("bc")
      })
    )
  })

  it("has no collision among a hundred thousand neighbours", () => {
    const seen = new Set(Array.from({ length: 100_000 }, (_, value) => digestOf((hash) => hash.int32(value))))
    assert.strictEqual(seen.size, 100_000)
  })
})

describe("EventLog", () => {
  it("writes one line per event whatever the names are, and hands on everything", () => {
    let text = ""
    const log = new EventLog((chunk) => {
      text += chunk
    })
    log.write(1000, "place", "web 1", "node\n2", "", 3)
    for (let k = 0; k < 20_000; k++) log.write(k, "tick")
    assert.isAbove(text.length, 0)
    log.flush()
    const lines = text.split("\n")
    assert.strictEqual(lines[0], "1000 place web%201 node%0a2 - 3")
    assert.strictEqual(lines.length, log.lines + 1)
  })
})

describe("Replay", () => {
  const readList = (value: unknown) =>
    Array.isArray(value) ? { scenario: value as ReadonlyArray<number> } : { problems: ["must be a list"] }

  it("reads back what it prints, and prints equal replays equally", () => {
    const replay = { version: "1", seed: 7, scenario: [1, 2] }
    assert.deepStrictEqual(readReplay(printReplay(replay), "1", readList), { _tag: "Read", replay })
    assert.strictEqual(
      printReplay({ version: "1", seed: 7, scenario: { b: 1, a: 2 } }),
      printReplay({ version: "1", seed: 7, scenario: { a: 2, b: 1 } })
    )
  })

  it("gives every reason against a file", () => {
    const read = readReplay('{"version":"0","seed":0.5,"scenario":{}}', "1", readList)
    assert.strictEqual(read._tag === "Refused" ? read.problems.length : 0, 3)
    assert.strictEqual(readReplay("{", "1", readList)._tag, "Refused")
  })
})

describe("shrink", () => {
  it("finds the one job and the one size that matter", () => {
    const jobs = Array.from({ length: 50 }, (_, k) => ({ name: `job-${k}`, cpuMilli: k * 100, tags: [k, k] }))
    const small = shrink({ jobs, nodes: 9 }, (scenario) => scenario.jobs.some((job) => job.cpuMilli > 3_000))
    assert.deepStrictEqual(small, { jobs: [{ name: "job-49", cpuMilli: 3_001, tags: [] }], nodes: 0 })
  })

  it("gives a failing scenario that is no larger, for any list and threshold", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: -100, max: 100 }), (list, limit) => {
        const fails = (candidate: ReadonlyArray<number>) => candidate.filter((each) => each > limit).length >= 2
        fc.pre(fails(list))
        const small = shrink(list, fails)
        return fails(small) && small.length === 2
      }),
      { seed: 4 }
    )
  })

  it("stops at its limit of attempts", () => {
    let attempts = 0
    shrink([...Array(1_000).keys()], () => ++attempts > 0, 50)
    assert.isAtMost(attempts, 50)
  })
})
