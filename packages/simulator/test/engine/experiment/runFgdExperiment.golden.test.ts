import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "vitest"
import { printFgdCsv, printProblem, runFgdExperiment } from "../../../src/experiment/index.ts"

const read = (file: string) => ({
  file,
  text: gunzipSync(readFileSync(new URL(`../../../data/fgd/${file}.gz`, import.meta.url))).toString("utf8")
})
const nodesCsv = read("openb_node_list_gpu_node.csv")
const podsCsv = read("openb_pod_list_default.csv")

/** The cells of bins 0 to 130 of one published run. */
const published = (measure: string, policy: string, seed: number): Array<string | undefined> => {
  const line = read(`analysis_${measure}_discrete.csv`)
    .text.split(/\r?\n/)
    .find((each) => each.startsWith(`openb_pod_list_default,${policy},1.3,${seed},`))
  return (line ?? "").split(",").slice(-131)
}

const column = (csv: string, at: number) =>
  csv
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",")[at])

describe("the published experiment on the default trace", { timeout: 60_000 }, () => {
  const cases = [
    ["fgd", "06-FGD", 42],
    ["bestFit", "05-BestFit", 43],
    ["packing", "04-GpuPacking", 44],
    ["clustering", "03-GpuClustering", 45],
    ["dotProduct", "02-DotProd", 46]
  ] as const
  for (const [policy, name, seed] of cases) {
    it(`${policy}, seed ${seed}: all 131 bins of all three measures are the published ones, to the last digit`, () => {
      const outcome = runFgdExperiment({ nodesCsv, podsCsv, policy, seed, tune: 1.3 })
      if (outcome._tag === "Refused") return assert.fail(outcome.problems.map(printProblem).join("\n"))
      const csv = printFgdCsv(outcome.rows)
      assert.deepStrictEqual(
        column(csv, 0),
        Array.from({ length: 131 }, (_, bin) => String(bin))
      )
      assert.deepStrictEqual(column(csv, 1), published("allo", name, seed))
      assert.deepStrictEqual(column(csv, 2), published("frag", name, seed))
      assert.deepStrictEqual(column(csv, 3), published("frag_ratio", name, seed))
      return undefined
    })
  }

  it("random, seed 42: ends within one point of the published mean, because the original's draws race", () => {
    const outcome = runFgdExperiment({ nodesCsv, podsCsv, policy: "random", seed: 42, tune: 1.3 })
    assert.strictEqual(outcome._tag, "Ran")
    if (outcome._tag === "Ran") assert.approximately(outcome.rows.at(-1)?.alloc ?? 0, 87.47, 1)
  })

  it("fgd, seed 42: leaves the pods unscheduled that the original's log counts", () => {
    const outcome = runFgdExperiment({ nodesCsv, podsCsv, policy: "fgd", seed: 42, tune: 1.3 })
    assert.deepInclude(outcome, { _tag: "Ran", unscheduled: 2532, gpuMilliUsed: 5_919_410 })
  })

  it("tuned down, asks for no more than the target and places nearly all of it", () => {
    const outcome = runFgdExperiment({ nodesCsv, podsCsv, policy: "fgd", seed: 42, tune: 0.5 })
    assert.strictEqual(outcome._tag, "Ran")
    if (outcome._tag === "Ran") {
      assert.strictEqual(outcome.rows.at(-1)?.bin, 50)
      assert.isAtMost(outcome.gpuMilliUsed, 0.5 * 6_212_000)
      assert.isAtLeast(outcome.gpuMilliUsed, 0.49 * 6_212_000)
    }
  })
})

describe("bad input", () => {
  it("names every problem with file, line, column, what stands there and what may", () => {
    const outcome = runFgdExperiment({
      nodesCsv: { file: "n.csv", text: "sn,cpu_milli,memory_mib,gpu,model\na,-1,x,2,\na,1,1,1,T4\nb,1\n" },
      podsCsv: { file: "p.csv", text: "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\np,1,1,2,500,A||B\n" },
      policy: "best",
      seed: 0.5,
      tune: Number.NaN
    })
    assert.strictEqual(outcome._tag, "Refused")
    if (outcome._tag === "Refused") {
      assert.deepStrictEqual(outcome.problems.map(printProblem), [
        'arguments: policy: found "best", allowed: fgd, bestFit, dotProduct, clustering, packing, random, orrery',
        'arguments: seed: found "0.5", allowed: a whole number within 2^53',
        'arguments: tune: found "NaN", allowed: a number from 0 to 100',
        'n.csv:2: model: found "", allowed: the model of the node\'s GPUs',
        'n.csv:2: cpu_milli: found "-1", allowed: a whole number from 0 to 1000000000',
        'n.csv:2: memory_mib: found "x", allowed: a whole number from 0 to 1000000000000',
        'n.csv:3: sn: found "a", allowed: a name that no other row has',
        'n.csv:4: (row): found "2 cells", allowed: 5 cells, as in the header',
        'p.csv:2: gpu_milli: found "500", allowed: 1000 where num_gpu is above 1',
        'p.csv:2: gpu_spec: found "A||B", allowed: models separated by |, or nothing'
      ])
    }
  })

  it("refuses a missing column, and a list where nothing asks for a GPU", () => {
    const refusals = (nodes: string, pods: string) => {
      const outcome = runFgdExperiment({
        nodesCsv: { file: "n.csv", text: nodes },
        podsCsv: { file: "p.csv", text: pods },
        policy: "fgd",
        seed: 1,
        tune: 1
      })
      return outcome._tag === "Refused" ? outcome.problems.map(printProblem) : []
    }
    assert.deepStrictEqual(
      refusals("sn,cpu_milli,memory_mib,gpu\n", "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1,1,0,0"),
      [
        'n.csv:1: model: found "sn,cpu_milli,memory_mib,gpu", allowed: a header that names this column once',
        'p.csv: num_gpu: found "0 in every row", allowed: at least one pod that asks for a GPU'
      ]
    )
  })
})

describe("odd input", () => {
  const nodes = "sn,cpu_milli,memory_mib,gpu,model\nn1,8000,4096,2,T4\nn2,4000,4096,1,V100M16\nn3,4000,4096,0,\n"
  const pods =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n" +
    "a,1000,10,1,500,\nb,1000,10,1,1000,T4\nc,90000,10,2,1000,T4|V100M16\nd,500,10,0,0,\ne,1000,10,1,400,V100M16|V100M32\n"
  const run = (given: { nodes?: string; pods?: string; policy?: string; seed?: number; tune?: number } = {}) => {
    const outcome = runFgdExperiment({
      nodesCsv: { file: "n.csv", text: given.nodes ?? nodes },
      podsCsv: { file: "p.csv", text: given.pods ?? pods },
      policy: given.policy ?? "fgd",
      seed: given.seed ?? 1,
      tune: given.tune ?? 0
    })
    return outcome._tag === "Refused" ? outcome.problems.map(printProblem).join("\n") : printFgdCsv(outcome.rows)
  }
  const plain = run()
  /** The same table with its columns the other way round and one more. */
  const turned = (csv: string) =>
    csv
      .trim()
      .split("\n")
      .map((line, at) => [at === 0 ? "note" : "x", ...line.split(",").toReversed()].join(","))
      .join("\n")

  it("means the same, however the tables are written", () => {
    assert.match(plain, /^bin,alloc,frag,frag_ratio\n/)
    assert.strictEqual(run({ nodes: turned(nodes), pods: turned(pods) }), plain)
    assert.strictEqual(
      run({ nodes: `\uFEFF${nodes.replaceAll("\n", "\r\n")}`, pods: pods.replaceAll("\n", "\r\n") }),
      plain
    )
    assert.strictEqual(run({ pods: pods.replaceAll(/[^,\n]+/g, '"$&"') }), plain)
    assert.strictEqual(run({ pods: `${pods.replaceAll("1000,10", " 1000.0 ,10.")}\n\n` }), plain)
  })

  it("runs a list that no node can take, and a pod alone", () => {
    assert.strictEqual(
      run({ pods: "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,99000,1,1,1000\n" }),
      "bin,alloc,frag,frag_ratio\n33,0.0,100.0,100.0\n"
    )
  })

  it("takes any whole seed, and any ratio from 0 on", () => {
    for (const seed of [-1, 0, -7_000_000_000, Number.MAX_SAFE_INTEGER]) assert.match(run({ seed }), /\n\d+,/)
    assert.strictEqual(run({ seed: -1 }), run({ seed: 2 ** 31 - 2 }), "Go takes seeds round")
    for (const tune of [0.1, 0.5, 1, 3]) {
      const bins = run({ tune }).trim().split("\n").slice(1)
      for (const bin of bins) assert.isAtMost(Number(bin.split(",")[0]), tune * 100 + 33)
    }
  })

  it("knows policies by the names of the published files too, in any case", () => {
    const alike = [
      ["fgd", "FGD", "06-FGD"],
      ["bestFit", "bestfit", "best-fit", "05-BestFit"],
      ["packing", "GpuPacking", "04-GpuPacking"],
      ["clustering", "gpu_clustering", "03-GpuClustering"],
      ["dotProduct", "DotProd", "02-DotProd"],
      ["random", "01-Random"],
      ["orrery", "Orrery"]
    ]
    for (const [name, ...others] of alike)
      for (const policy of others) assert.strictEqual(run({ policy }), run({ policy: name ?? "" }), policy)
  })

  it("says where a quote is never closed, and where a number is none", () => {
    assert.strictEqual(
      run({ pods: pods.replace("d,500", '"d,500') }),
      'p.csv:5: (row): found "a quote that is never closed", allowed: 6 cells, as in the header'
    )
    assert.strictEqual(
      run({ pods: pods.replace("a,1000,10,1,500", "a,1000,10,1,500.5") }),
      'p.csv:2: gpu_milli: found "500.5", allowed: a whole number from 0 to 1000'
    )
  })
})

describe("the policy of ours", { timeout: 60_000 }, () => {
  it("allocates more than FGD on the default trace, on the mean of three seeds", () => {
    const mean = (policy: string) => {
      const ends = [42, 43, 44].map((seed) => {
        const outcome = runFgdExperiment({ nodesCsv, podsCsv, policy, seed, tune: 1.3 })
        return outcome._tag === "Ran" ? (outcome.rows.at(-1)?.alloc ?? 0) : 0
      })
      return ends.reduce((sum, end) => sum + end, 0) / ends.length
    }
    assert.isAbove(mean("orrery"), mean("fgd"))
  })
})
