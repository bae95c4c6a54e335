/**
 * Runs the published FGD experiment for every trace, policy and seed that there are results for, and compares every figure.
 *
 *     npm run fgd [-- FOLDER ...] [--policy fgd]
 *
 * The folders hold `openb_node_list_gpu_node.csv`, `openb_pod_list_*.csv` and `analysis_{allo,frag,frag_ratio}_discrete.csv`,
 * plain or as .gz; without one, it is the trace that comes with the simulator. Ends with 1 when a deterministic run differs anywhere.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { gunzipSync } from "node:zlib"
import { type FgdRow, runFgdExperiment } from "../../packages/simulator/src/experiment/index.ts"

const measures = ["alloc", "frag", "fragRatio"] as const
type Measure = (typeof measures)[number]
const files: Readonly<Record<Measure, string>> = { alloc: "allo", frag: "frag", fragRatio: "frag_ratio" }
const policies: Readonly<Record<string, string>> = {
  "01-Random": "random",
  "02-DotProd": "dotProduct",
  "03-GpuClustering": "clustering",
  "04-GpuPacking": "packing",
  "05-BestFit": "bestFit",
  "06-FGD": "fgd"
}

interface PublishedRun {
  readonly trace: string
  readonly policy: string
  readonly tune: number
  readonly seed: number
  readonly bins: Readonly<Record<Measure, ReadonlyMap<number, number>>>
}

interface Tally {
  runs: number
  exact: number
  cellsDiffering: number
  published: number
  ours: number
  milliseconds: number
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { policy: { type: "string" } } })
const included = fileURLToPath(new URL("../../packages/simulator/data/fgd", import.meta.url))
const folders = positionals.length > 0 ? positionals : [included]

const readText = (file: string): string => {
  for (const path of folders.map((folder) => join(folder, file))) {
    if (existsSync(path)) return readFileSync(path, "utf8")
    if (existsSync(`${path}.gz`)) return gunzipSync(readFileSync(`${path}.gz`)).toString("utf8")
  }
  throw new Error(`no ${file} in ${folders.join(", ")}: name the folder that holds it`)
}

const readMeasure = (measure: Measure): ReadonlyMap<string, ReadonlyMap<number, number>> => {
  const [header = "", ...lines] = readText(`analysis_${files[measure]}_discrete.csv`).trim().split(/\r?\n/)
  const names = header.split(",")
  return new Map(
    lines.map((line) => {
      const cells = line.split(",")
      const bins = names.flatMap((name, at) =>
        /^\d+$/.test(name) && cells[at] !== "" ? [[Number(name), Number(cells[at])] as const] : []
      )
      return [cells.slice(0, 4).join(","), new Map(bins)]
    })
  )
}

const readPublished = (): ReadonlyArray<PublishedRun> => {
  const [alloc, frag, fragRatio] = measures.map((measure) => readMeasure(measure)) as [
    ReadonlyMap<string, ReadonlyMap<number, number>>,
    ReadonlyMap<string, ReadonlyMap<number, number>>,
    ReadonlyMap<string, ReadonlyMap<number, number>>
  ]
  const none = new Map<number, number>()
  return [...alloc].map(([key, bins]) => {
    const [trace = "", policy = "", tune, seed] = key.split(",")
    return {
      trace,
      policy: policies[policy] ?? policy,
      tune: Number(tune),
      seed: Number(seed),
      bins: { alloc: bins, frag: frag.get(key) ?? none, fragRatio: fragRatio.get(key) ?? none }
    }
  })
}

const cellsDiffering = (run: PublishedRun, rows: ReadonlyArray<FgdRow>): number =>
  measures.reduce((sum, measure) => {
    const published = run.bins[measure]
    const differing = rows.filter((row) => row[measure] !== published.get(row.bin)).length
    return sum + differing + Math.abs(published.size - rows.length)
  }, 0)

const named = (file: string) => ({ file, text: readText(file) })

const nodesCsv = named("openb_node_list_gpu_node.csv")
const tallies = new Map<string, Tally>()
let differing = 0
for (const run of readPublished()) {
  const policy = values.policy === "orrery" && run.policy === "fgd" ? "orrery" : run.policy
  if (values.policy !== undefined && policy !== values.policy) continue
  const podsCsv = named(`${run.trace}.csv`)
  const started = performance.now()
  const outcome = runFgdExperiment({ nodesCsv, podsCsv, policy, seed: run.seed, tune: run.tune })
  const milliseconds = performance.now() - started
  if (outcome._tag === "Refused") throw new Error(JSON.stringify(outcome.problems))
  const key = `${run.trace.replace("openb_pod_list_", "")},${policy}`
  const tally = tallies.get(key) ?? { runs: 0, exact: 0, cellsDiffering: 0, published: 0, ours: 0, milliseconds: 0 }
  const cells = cellsDiffering(run, outcome.rows)
  tallies.set(key, {
    runs: tally.runs + 1,
    exact: tally.exact + (cells === 0 ? 1 : 0),
    cellsDiffering: tally.cellsDiffering + cells,
    published: tally.published + (run.bins.alloc.get(Math.round(run.tune * 100)) ?? 0),
    ours: tally.ours + (outcome.rows.at(-1)?.alloc ?? 0),
    milliseconds: tally.milliseconds + milliseconds
  })
  if (cells > 0 && policy === run.policy && policy !== "random") differing += 1
}
console.log("trace,policy,runs,exact_runs,cells_differing,published_alloc_end,our_alloc_end,ms_per_run")
for (const [key, { runs, exact, cellsDiffering, published, ours, milliseconds }] of tallies) {
  const means = [published / runs, ours / runs].map((mean) => mean.toFixed(3))
  console.log([key, runs, exact, cellsDiffering, ...means, Math.round(milliseconds / runs)].join(","))
}
process.exitCode = differing > 0 ? 1 : 0
