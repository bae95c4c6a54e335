/**
 * Compares policies on the traces of a folder, seed by seed, by the GPUs they allocate once all pods have arrived.
 *
 *     node --conditions=@orrery/source tools/experiment/fgd-compare.ts FOLDER [--seeds 42..51] [--policies fgd,orrery] [--tune 1.3]
 *
 * FOLDER holds `openb_node_list_gpu_node.csv` and `openb_pod_list_*.csv`. Every policy gets the same arrivals of each seed;
 * the last columns are the mean difference of the second policy to the first, and twice its standard error.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { printProblem, runFgdExperiment } from "../../packages/simulator/src/experiment/index.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "42..51" },
    policies: { type: "string", default: "fgd,orrery" },
    tune: { type: "string", default: "1.3" }
  }
})
const [folder] = positionals
const [first, last] = values.seeds.split("..").map(Number)
if (folder === undefined || first === undefined || last === undefined || !(first <= last))
  throw new Error("usage: fgd-compare.ts FOLDER [--seeds A..B] [--policies A,B] [--tune RATIO]")

const read = (file: string) => ({ file, text: readFileSync(join(folder, file), "utf8") })
const seeds = Array.from({ length: last - first + 1 }, (_, at) => first + at)
const policies = values.policies.split(",")
const nodesCsv = read("openb_node_list_gpu_node.csv")

const allocated = (podsCsv: ReturnType<typeof read>, policy: string, seed: number): number => {
  const outcome = runFgdExperiment({ nodesCsv, podsCsv, policy, seed, tune: Number(values.tune) })
  if (outcome._tag === "Refused") throw new Error(outcome.problems.map(printProblem).join("\n"))
  return outcome.rows.at(-1)?.alloc ?? 0
}
const mean = (list: ReadonlyArray<number>): number => list.reduce((sum, one) => sum + one, 0) / list.length

console.log(["trace", ...policies, "difference", "plusminus"].join(","))
for (const file of readdirSync(folder).filter((name) => name.startsWith("openb_pod_list_"))) {
  const podsCsv = read(file)
  const ends = policies.map((policy) => seeds.map((seed) => allocated(podsCsv, policy, seed)))
  const differences = seeds.map((_, at) => (ends[1]?.[at] ?? 0) - (ends[0]?.[at] ?? 0))
  const difference = mean(differences)
  const variance = mean(differences.map((one) => (one - difference) ** 2))
  const error = 2 * Math.sqrt(variance / Math.max(1, seeds.length - 1))
  const figures = [...ends.map(mean), difference, error].map((figure) => figure.toFixed(3))
  console.log([file.replace(/openb_pod_list_|\.csv/g, ""), ...figures].join(","))
}
