import {
  type ClusterSpec,
  type ComputeFile,
  type ComputeFileOptions,
  type Deployment,
  type Job,
  type Problem,
  type Provider,
  readComputeFile
} from "@orrery/core"
import { Effect, Result } from "effect"
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

/** One file, or everything that is wrong with it. `-` is the standard input. */
export const readFile = Effect.fnUntraced(function* <Simulation = unknown>(
  path: string,
  options: ComputeFileOptions<Simulation> = {}
) {
  const text = yield* readText(path)
  return yield* Effect.fromResult(
    Result.mapError(readComputeFile(text, path, options), (problems) => new InputError({ problems }))
  )
})

/** All files, or everything that is wrong with any of them. */
export const readFiles = Effect.fnUntraced(function* (paths: ReadonlyArray<string>, options: ComputeFileOptions = {}) {
  if (paths.length === 0)
    return yield* badInput("no file was given", "name one with -f FILE, or -f - to read from a pipe")
  const read = yield* Effect.forEach(paths, (path) => Effect.result(readFile(path, options)))
  const problems = read.flatMap((one): ReadonlyArray<Problem> => (Result.isFailure(one) ? one.failure.problems : []))
  if (problems.length > 0) return yield* new InputError({ problems })
  return yield* Effect.fromResult(together(read.flatMap((one) => (Result.isSuccess(one) ? [one.success] : []))))
})

const placeOf = (cluster: ClusterSpec | undefined): Wanted["from"] =>
  cluster === undefined
    ? {}
    : { provider: cluster.provider, ...(cluster.region === undefined ? {} : { region: cluster.region }) }

const together = (files: ReadonlyArray<ComputeFile>): Result.Result<Wanted, InputError> => {
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
