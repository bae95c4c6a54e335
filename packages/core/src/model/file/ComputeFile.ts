import { Result, Schema, type SchemaAST } from "effect"
import { stringify } from "yaml"
import { ClusterSpec } from "../ClusterSpec.ts"
import { Deployment } from "../Deployment.ts"
import { defaultTo } from "../defaultTo.ts"
import { distinct } from "../distinct.ts"
import { Job } from "../Job.ts"
import { Optimization } from "../Optimization.ts"
import type { Problem } from "../Problem.ts"
import { ContainerSettings, podWith } from "./containerDefaults.ts"
import { FileReader } from "./FileReader.ts"
import { type JsonSchema, jsonSchema } from "./jsonSchema.ts"
import { type Located, parseSource } from "./Source.ts"
import { fullDeployment, fullJob, ShortDeployment, ShortJob } from "./short.ts"
import { writeAs } from "./writeAs.ts"

/** What a file asks for. Deployments and jobs are in full, with the file's container settings in them. */
export interface ComputeFile<Simulation = unknown> {
  readonly cluster?: ClusterSpec
  readonly containers: ContainerSettings
  readonly optimization?: Optimization
  readonly deployments: ReadonlyArray<Deployment>
  readonly jobs: ReadonlyArray<Job>
  readonly simulation?: Simulation
}

/** What the reader must be told from outside: the schema of the `simulation` section, which the simulator owns. */
export interface ComputeFileOptions<Simulation = unknown> {
  readonly simulation?: Schema.Codec<Simulation, unknown>
}

const sections = {
  compute: Schema.Struct({ cluster: Schema.optionalKey(ClusterSpec) }).pipe(defaultTo({})),
  containers: ContainerSettings.pipe(defaultTo({})),
  resources: Schema.Struct({ optimization: Schema.optionalKey(Optimization) }).pipe(defaultTo({})),
  deployments: Schema.Array(Schema.Union([ShortDeployment, Deployment]))
    .check(distinct("deployment"))
    .pipe(defaultTo([])),
  jobs: Schema.Array(Schema.Union([ShortJob, Job]))
    .check(distinct("job"))
    .pipe(defaultTo([]))
}
/** What was seen of the things in a file when a backend was asked. It is for readers and asks for nothing. */
const status = Schema.optionalKey(Schema.Unknown)
const File = Schema.Struct({ ...sections, simulation: Schema.optionalKey(Schema.Unknown), status })

const schemaOf = (simulation: Schema.Codec<unknown, unknown> | undefined): SchemaAST.AST =>
  simulation === undefined
    ? File.ast
    : Schema.Struct({ ...sections, simulation: Schema.optionalKey(simulation), status }).ast

/** Reads a file that people write, YAML or JSON: what each of its documents asks for, or everything that is wrong, each with its place. */
export const readComputeFiles = <Simulation = unknown>(
  text: string,
  fileName: string,
  options: ComputeFileOptions<Simulation> = {}
): Result.Result<ReadonlyArray<ComputeFile<Simulation>>, ReadonlyArray<Problem>> => {
  const source = parseSource(text, fileName)
  if (Result.isFailure(source)) return Result.fail(source.failure)
  const read = source.success.map((document) => readDocument(document, fileName, options))
  const problems = read.flatMap((one) => (Result.isFailure(one) ? one.failure : []))
  return problems.length > 0 ? Result.fail(problems) : Result.all(read)
}

const readDocument = <Simulation>(
  document: Located,
  fileName: string,
  { simulation }: ComputeFileOptions<Simulation>
): Result.Result<ComputeFile<Simulation>, ReadonlyArray<Problem>> => {
  const reader = new FileReader(fileName)
  const read = reader.read(schemaOf(simulation), document)
  if (reader.problems.length > 0) return Result.fail(inOrder(reader.problems))
  // The reader vouches for this: a value without problems is one of its schema's.
  return Result.succeed(inFull(read as typeof File.Type) as ComputeFile<Simulation>)
}

/** Reads a file that is one document. */
export const readComputeFile = <Simulation = unknown>(
  text: string,
  fileName: string,
  options: ComputeFileOptions<Simulation> = {}
): Result.Result<ComputeFile<Simulation>, ReadonlyArray<Problem>> => {
  const source = parseSource(text, fileName)
  if (Result.isFailure(source)) return Result.fail(source.failure)
  const [first, second] = source.success
  if (second !== undefined)
    return Result.fail([{ path: "", file: fileName, ...second.at, message: "found another document, allowed: one" }])
  return readDocument(first, fileName, options)
}

const inOrder = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> =>
  problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))

/** The cluster with the file's runtime where it says none itself. */
const clusterWith = ({ runtime }: ContainerSettings, cluster: ClusterSpec): ClusterSpec =>
  runtime === undefined ? cluster : { runtime, ...cluster }

const inFull = ({ compute, containers, deployments, jobs, resources, simulation }: typeof File.Type): ComputeFile => ({
  ...(compute.cluster === undefined ? {} : { cluster: clusterWith(containers, compute.cluster) }),
  containers,
  ...(resources.optimization === undefined ? {} : { optimization: resources.optimization }),
  deployments: deployments.map((written) => {
    const full = "template" in written ? written : fullDeployment(written)
    return { ...full, template: { ...full.template, spec: podWith(containers, full.template.spec) } }
  }),
  jobs: jobs.map((written) => {
    const full = "pod" in written ? written : fullJob(written)
    return { ...full, pod: podWith(containers, full.pod) }
  }),
  ...(simulation === undefined ? {} : { simulation })
})

/** What a file says, as plain data with the file's own keys and notations. Nothing in it is the default anyway. */
export const asFile = <Simulation = unknown>(
  { cluster, containers, deployments = [], jobs = [], optimization, simulation }: Partial<ComputeFile<Simulation>>,
  options: ComputeFileOptions<Simulation> = {}
): Readonly<Record<string, unknown>> =>
  // the file is a map, and so is what is written of it
  writeAs(schemaOf(options.simulation), {
    compute: cluster === undefined ? {} : { cluster },
    containers,
    resources: optimization === undefined ? {} : { optimization },
    deployments,
    jobs,
    simulation
  }) as Readonly<Record<string, unknown>>

/** The YAML of a file that reads back as the same. */
export const writeComputeFile = <Simulation = unknown>(
  file: ComputeFile<Simulation>,
  options: ComputeFileOptions<Simulation> = {}
): string => stringify(asFile(file, options), { aliasDuplicateObjects: false })

/** JSON Schema (draft 2020-12) of the file, with the file's own keys, for editors. */
export const computeFileJsonSchema = (options: ComputeFileOptions = {}): JsonSchema => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "A compute file: clusters, deployments, jobs and their simulation",
  ...jsonSchema(schemaOf(options.simulation))
})
