import { readdirSync, readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { readComputeFile } from "@orrery/core"
import {
  fgdPolicyNames,
  placeManifests,
  printFgdCsv,
  runFgdExperiment,
  SimulationSpec,
  simulateFleet
} from "@orrery/simulator"
import { Result } from "effect"
import { Life } from "../../packages/simulator/src/engine/life/Life.ts"
import { drawScenario } from "../../packages/simulator/src/engine/swarm/drawScenario.ts"

/** Something that must give the same bytes wherever it runs. */
export interface Case {
  readonly seeds: number
  /** Everything that comes of a seed, as text. */
  readonly run: (seed: number) => string
}

const root = new URL("../../", import.meta.url)
const data = new URL("packages/simulator/data/", root)
const unpacked = (file: string): string => gunzipSync(readFileSync(new URL(file, data))).toString("utf8")

/** A drawn cluster with its faults, controllers and autoscalers: every line of its trace and its result. */
const life = (seed: number): string => {
  let trace = ""
  const run = new Life(drawScenario(seed), seed, { onTrace: (chunk) => (trace += chunk) })
  const result = run.run()
  run.cluster.trace.flush()
  return trace + JSON.stringify(result)
}

/** What `compute simulate` does: a day of the example fleet, on a good day or a bad one. */
const fleet = (seed: number): string => {
  const file = "examples/fleet.yaml"
  const text = readFileSync(new URL(file, root), "utf8")
  const read = Result.getOrThrow(readComputeFile(text, file, { simulation: SimulationSpec }))
  if (read.simulation === undefined) throw new Error(`${file} has no simulation`)
  let trace = ""
  const simulation = {
    ...read.simulation,
    seed,
    days: 1,
    faults: seed % 2 === 0 ? ("bad-day" as const) : ("none" as const)
  }
  const report = simulateFleet({ ...read, simulation }, { onTrace: (chunk) => (trace += chunk) })
  return trace + JSON.stringify(Result.getOrThrow(report))
}

/** What `compute experiment fgd` prints, one policy a seed. */
const experiment = (seed: number): string => {
  const source = (file: string) => ({ file, text: unpacked(`fgd/${file}.gz`) })
  const policy = fgdPolicyNames[seed % fgdPolicyNames.length] ?? "fgd"
  const nodesCsv = source("openb_node_list_gpu_node.csv")
  const podsCsv = source("openb_pod_list_default.csv")
  const outcome = runFgdExperiment({ nodesCsv, podsCsv, policy, seed, tune: 1.3 })
  return outcome._tag === "Ran" ? printFgdCsv(outcome.rows) : JSON.stringify(outcome.problems)
}

/** What `compute place` gives for a recorded cluster, ties drawn by the seed. */
const place = (seed: number): string => {
  const files = readdirSync(new URL("kube-recorded/", data)).filter((name) => name.endsWith(".json.gz"))
  const file = files.toSorted()[seed % files.length] ?? ""
  const { objects } = JSON.parse(unpacked(`kube-recorded/${file}`)) as { readonly objects: ReadonlyArray<unknown> }
  const text = JSON.stringify({ kind: "List", items: objects })
  const { placements, problems } = placeManifests([{ file, text }], { ties: { kind: "seeded", seed } })
  return JSON.stringify(placements ?? problems)
}

/** All cases by name. */
export const cases: Readonly<Record<string, Case>> = {
  life: { seeds: 24, run: life },
  fleet: { seeds: 2, run: fleet },
  experiment: { seeds: fgdPolicyNames.length, run: experiment },
  place: { seeds: 12, run: place }
}
