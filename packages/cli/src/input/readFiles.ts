import {
  type ClusterSpec,
  type ComputeFile,
  type Deployment,
  type Job,
  type Problem,
  type Provider,
  readComputeFiles
} from "@orrery/core"
import type { SimulationSpec } from "@orrery/simulator"
import { Effect, Result } from "effect"
import { filesIn } from "./filesIn.ts"
import { badInput, InputError } from "./InputError.ts"
import { readText } from "./readText.ts"

/** What several files together ask for. */
export interface Wanted {
  readonly clusters: ReadonlyArray<ClusterSpec>
  readonly deployments: ReadonlyArray<Deployment>
  readonly jobs: ReadonlyArray<Job>
  /** The provider that the clusters name, and their region. */
  readonly from: { readonly provider?: Provider; readonly region?: string }
}

type Read = ComputeFile<SimulationSpec>

/** The simulator knows what its section may say; it is loaded only where a file has one. */
const simulationOf = (text: string) =>
  text.includes("simulation")
    ? Effect.map(
        Effect.promise(() => import("@orrery/simulator")),
        ({ SimulationSpec }) => ({ simulation: SimulationSpec })
      )
    : Effect.succeed({})

/** What the documents of one file ask for, or everything that is wrong with them. `-` is the standard input. */
export const readFile = Effect.fnUntraced(function* (path: string) {
  const text = yield* readText(path)
  const options = yield* simulationOf(text)
  return yield* Effect.fromResult(
    Result.mapError(readComputeFiles<SimulationSpec>(text, path, options), (problems) => new InputError({ problems }))
  )
})

/** All files, and those of all directories, or everything that is wrong with any of them. */
export const readFiles = Effect.fnUntraced(function* (paths: ReadonlyArray<string>) {
  if (paths.length === 0)
    return yield* badInput("no file was given", "name one with -f FILE, or -f - to read from a pipe")
  const files = (yield* Effect.forEach(paths, filesIn)).flat()
  const read = yield* Effect.forEach(files, (path) => Effect.result(readFile(path)))
  const problems = read.flatMap((one): ReadonlyArray<Problem> => (Result.isFailure(one) ? one.failure.problems : []))
  if (problems.length > 0) return yield* new InputError({ problems })
  return yield* Effect.fromResult(together(read.flatMap((one) => (Result.isSuccess(one) ? one.success : []))))
})

const placeOf = (cluster: ClusterSpec | undefined): Wanted["from"] =>
  cluster === undefined
    ? {}
    : { provider: cluster.provider, ...(cluster.region === undefined ? {} : { region: cluster.region }) }

const together = (files: ReadonlyArray<Read>): Result.Result<Wanted, InputError> => {
  const clusters = files.flatMap(({ cluster }) => (cluster === undefined ? [] : [cluster]))
  const providers = new Set(clusters.map(({ provider }) => provider))
  const wanted: Wanted = {
    clusters,
    deployments: files.flatMap(({ deployments }) => deployments),
    jobs: files.flatMap(({ jobs }) => jobs),
    from: placeOf(clusters[0])
  }
  const twice = [
    ...repeats("cluster", clusters),
    ...repeats("deployment", wanted.deployments),
    ...repeats("job", wanted.jobs)
  ]
  if (twice.length > 0) return Result.fail(new InputError({ problems: twice }))
  return providers.size > 1
    ? Result.fail(badInput(`the files name several providers: ${[...providers].join(", ")}`, "apply them one by one"))
    : Result.succeed(wanted)
}

const repeats = (
  kind: string,
  things: ReadonlyArray<{ readonly name: string; readonly namespace?: string }>
): ReadonlyArray<Problem> => {
  const names = things.map(({ name, namespace }) => (namespace === undefined ? name : `${namespace}/${name}`))
  return [...new Set(names.filter((name, index) => names.indexOf(name) < index))].map((name) => ({
    path: "",
    message: `${kind} ${name} is given more than once`
  }))
}
