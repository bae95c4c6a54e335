import { diff, type Node, type Offering, readComputeFile } from "@orrery/core"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { isEmpty, printChanges } from "../src/command/changes.ts"
import { sparkline, table } from "../src/output/table.ts"
import { age, amounts, percent, priceChange } from "../src/output/words.ts"

const { cluster, jobs } = Result.getOrThrow(
  readComputeFile(
    `
compute:
  cluster:
    name: production
    provider: aws
    node_pools:
      - {name: general, instance_type: c5.xlarge, min_size: 2, max_size: 4}
      - {name: gpu, instance_type: p3.2xlarge, min_size: 1, max_size: 1}
jobs:
  - {name: train, image: "train:1", completions: 8}
`,
    "file.yaml"
  )
)
if (cluster === undefined) throw new Error("the file above has a cluster")

const offering: Offering = {
  instanceType: "c5.xlarge",
  zone: "us-west-2a",
  market: "on-demand",
  capacity: { cpuMilli: 4000, memoryBytes: 8 * 2 ** 30, gpuMilli: 0 },
  labels: {},
  microUsdPerHour: 170_000
}
const node: Node = {
  name: "old-1",
  id: "i-1",
  cluster: "production",
  pool: "old",
  state: "ready",
  schedulable: true,
  instanceType: "m5.large",
  zone: "us-west-2a",
  market: "on-demand",
  labels: {},
  taints: [],
  capacity: offering.capacity,
  microUsdPerHour: 96_000,
  createdAtMs: 0
}

describe("a plan", () => {
  it("says what, why and for how much", async () => {
    const plan = diff({
      goal: { spec: cluster, sizes: {}, generation: 1, deleting: false },
      nodes: [node],
      offerings: [offering],
      nowMs: 0
    })
    const changes = {
      clusters: [plan],
      deployments: [],
      jobs: jobs.map((wanted) => ({ action: "submit" as const, wanted, state: undefined }))
    }
    expect(isEmpty(changes)).toBe(false)
    await expect(printChanges(changes)).toMatchFileSnapshot("golden/plan.txt")
  })

  it("of nothing says so", () => {
    const changes = {
      clusters: [{ cluster: "a", steps: [], deltaMicroUsdPerHour: 0, unmet: [] }],
      deployments: [],
      jobs: []
    }
    expect([isEmpty(changes), printChanges(changes)]).toEqual([true, "= cluster/a  as wanted"])
  })
})

describe("words", () => {
  it("are short", () => {
    expect([0, 90_000, 7_100_000, 86_400_000, 864_000_000].map((ms) => age(0, ms))).toEqual([
      "0s",
      "90s",
      "118m",
      "24h",
      "10d"
    ])
    expect([percent(1, 3), percent(1, 0)]).toEqual(["33%", "-"])
    expect([priceChange(170_000), priceChange(-2_000_000)]).toEqual(["+$0.17/h", "-$2.00/h"])
    expect(amounts(offering.capacity)).toBe("4 cpu, 8Gi memory")
  })

  it("stand in columns [D8]", () => {
    expect(
      table(
        ["NAME", "N"],
        [
          ["a-long-name", "1"],
          ["b", ""]
        ]
      )
    ).toBe("NAME          N\na-long-name   1\nb")
  })

  it("are drawn as bars", () => {
    expect(sparkline([0, 1, 2, 4, 8])).toBe("▁▂▃▅█")
    expect([sparkline([]), sparkline([0, 0])]).toEqual(["", "▁▁"])
    expect(sparkline(Array.from({ length: 480 }, (_, hour) => hour))).toHaveLength(48)
  })
})

it("a table may have more rows than a call takes arguments", () => {
  const rows = Array.from({ length: 200_000 }, (_, index) => [`pod-${index}`, "n1"])
  expect(table(["POD", "NODE"], rows).split("\n").at(-1)).toBe("pod-199999   n1")
})
