import { bestFit } from "../../engine/profiles/gpu/bestFit.ts"
import { clustering } from "../../engine/profiles/gpu/clustering.ts"
import { dotProduct } from "../../engine/profiles/gpu/dotProduct.ts"
import { Fragmentation } from "../../engine/profiles/gpu/Fragmentation.ts"
import { fgd } from "../../engine/profiles/gpu/fgd.ts"
import { GPU_MILLI, GpuCluster } from "../../engine/profiles/gpu/GpuCluster.ts"
import { GpuPlacement } from "../../engine/profiles/gpu/GpuPlacement.ts"
import type { MakeGpuPolicy } from "../../engine/profiles/gpu/GpuPolicy.ts"
import { orrery } from "../../engine/profiles/gpu/orrery.ts"
import { packing } from "../../engine/profiles/gpu/packing.ts"
import { shapesOf } from "../../engine/profiles/gpu/Shape.ts"
import { typicalPods } from "../../engine/profiles/gpu/typicalPods.ts"
import type { CsvFile, InputProblem } from "../csv.ts"
import { GoRandom } from "../GoRandom.ts"
import { arrivalsOf, nodeOrderOf } from "./arrivals.ts"
import { Bins, type FgdRow } from "./Bins.ts"
import { type FgdPolicyName, fgdPolicyNames, policyNamed } from "./policyName.ts"
import { randomly } from "./randomly.ts"
import { readTrace } from "./readTrace.ts"

const scored: Readonly<Record<Exclude<FgdPolicyName, "random">, MakeGpuPolicy>> = {
  fgd,
  bestFit,
  dotProduct,
  clustering,
  packing,
  orrery
}

/** What one run depends on. */
export interface FgdExperiment {
  readonly nodesCsv: CsvFile
  readonly podsCsv: CsvFile
  readonly policy: string
  readonly seed: number
  /** Requested GPUs over those that exist; 0 leaves the pod list as it is. */
  readonly tune: number
}

/** The rows of a run and its totals, or everything that is wrong with its input. */
export type FgdOutcome =
  | {
      readonly _tag: "Ran"
      readonly rows: ReadonlyArray<FgdRow>
      readonly arrivals: number
      readonly unscheduled: number
      readonly gpuMilliUsed: number
    }
  | { readonly _tag: "Refused"; readonly problems: ReadonlyArray<InputProblem> }

const TUNE_MAX = 100

/** Runs the published FGD experiment: every pod arrives once, none leaves, and the figures are taken after each. */
export const runFgdExperiment = (experiment: FgdExperiment): FgdOutcome => {
  const trace = readTrace(experiment.nodesCsv, experiment.podsCsv)
  const problems = [...argumentProblems(experiment), ...trace.problems]
  const name = policyNamed(experiment.policy)
  if (problems.length > 0 || name === undefined) return { _tag: "Refused", problems }
  const gpus = trace.nodes.reduce((sum, node) => sum + node.gpuCount, 0)
  const random = new GoRandom(experiment.seed)
  const arrivals = arrivalsOf(random, trace.pods, gpus * GPU_MILLI, experiment.tune)
  const cluster = new GpuCluster(nodeOrderOf(random, trace.nodes))
  const fragmentation = new Fragmentation(cluster, typicalPods(trace.pods))
  const { shapes, shapeOf } = shapesOf(cluster, arrivals)
  const view = { cluster, fragmentation, shapes, pods: trace.pods }
  const policy = name === "random" ? randomly(random)(view) : scored[name](view)
  const placement = new GpuPlacement(cluster, policy)
  const pick = policy.pick ?? ((request, shape) => placement.best(request, shape))

  const bins = new Bins(gpus)
  const losses = Float64Array.from(trace.nodes, (_, node) => fragmentation.ofNode(cluster, node))
  let fragmented = sumOf(losses)
  let arrived = 0
  let used = 0
  let unscheduled = 0
  arrivals.forEach((pod, at) => {
    const shape = shapeOf[at] as (typeof shapeOf)[number]
    const asked = pod.gpuCount * pod.gpuMilli
    const node = pick(pod, shape, placement)
    if (node < 0) unscheduled += 1
    else {
      placement.bind(pod, shape, node)
      used += asked
      losses[node] = fragmentation.ofNode(cluster, node)
      fragmented = sumOf(losses)
    }
    arrived += asked
    bins.add(arrived, used, fragmented)
  })
  return { _tag: "Ran", rows: bins.rows(), arrivals: arrivals.length, unscheduled, gpuMilliUsed: used }
}

const argumentProblems = ({ policy, seed, tune }: FgdExperiment): ReadonlyArray<InputProblem> => {
  const problems: Array<InputProblem> = []
  const refuse = (column: string, found: unknown, allowed: string) =>
    problems.push({ file: "arguments", line: 0, column, found: String(found), allowed })
  if (policyNamed(policy) === undefined) refuse("policy", policy, fgdPolicyNames.join(", "))
  if (!Number.isSafeInteger(seed)) refuse("seed", seed, "a whole number within 2^53")
  if (!(tune >= 0 && tune <= TUNE_MAX)) refuse("tune", tune, `a number from 0 to ${TUNE_MAX}`)
  return problems
}

const sumOf = (values: Float64Array): number => {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[at] as number
  return sum
}
