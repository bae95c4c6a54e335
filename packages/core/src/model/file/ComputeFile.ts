import { Result, Schema, type SchemaAST } from "effect"
import { stringify } from "yaml"
import { ClusterSpec } from "../ClusterSpec.ts"
import { Deployment } from "../Deployment.ts"
import { defaultTo } from "../defaultTo.ts"
import { Job } from "../Job.ts"
import { Optimization } from "../Optimization.ts"
import type { Problem } from "../Problem.ts"
import { ContainerSettings, podWith } from "./containerDefaults.ts"
import { FileReader } from "./FileReader.ts"
import { type JsonSchema, jsonSchema } from "./jsonSchema.ts"
import { parseSource } from "./Source.ts"
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
  deployments: Schema.Array(Schema.Union([ShortDeployment, Deployment])).pipe(defaultTo([])),
  jobs: Schema.Array(Schema.Union([ShortJob, Job])).pipe(defaultTo([]))
}
const File = Schema.Struct({ ...sections, simulation: Schema.optionalKey(Schema.Unknown) })

const schemaOf = (simulation: Schema.Codec<unknown, unknown> | undefined): SchemaAST.AST =>
  simulation === undefined ? File.ast : Schema.Struct({ ...sections, simulation: Schema.optionalKey(simulation) }).ast

/** Reads a file that people write, YAML or JSON: what it asks for, or everything that is wrong with it, each with its place. */
export const readComputeFile = <Simulation = unknown>(
  text: string,
  fileName: string,
  options: ComputeFileOptions<Simulation> = {}
): Result.Result<ComputeFile<Simulation>, ReadonlyArray<Problem>> => {
  const source = parseSource(text, fileName)
  if (Result.isFailure(source)) return Result.fail(source.failure)
  const reader = new FileReader(fileName)
  const read = reader.read(schemaOf(options.simulation), source.success)
  if (reader.problems.length > 0) return Result.fail(inOrder(reader.problems))
  // The reader vouches for this: a value without problems is one of its schema's.
  return Result.succeed(inFull(read as typeof File.Type) as ComputeFile<Simulation>)
}

const inOrder = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> =>
  problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))

const inFull = ({ compute, containers, deployments, jobs, resources, simulation }: typeof File.Type): ComputeFile => ({
  ...(compute.cluster === undefined ? {} : { cluster: compute.cluster }),
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

/** The YAML of a file that reads back as the same. */
export const writeComputeFile = <Simulation = unknown>(
  { cluster, containers, deployments, jobs, optimization, simulation }: ComputeFile<Simulation>,
  options: ComputeFileOptions<Simulation> = {}
): string =>
  stringify(
    writeAs(schemaOf(options.simulation), {
      compute: cluster === undefined ? {} : { cluster },
      containers,
      resources: optimization === undefined ? {} : { optimization },
      deployments,
      jobs,
      simulation
    }),
    { aliasDuplicateObjects: false }
  )

/** JSON Schema (draft 2020-12) of the file, with the file's own keys, for editors. */
export const computeFileJsonSchema = (options: ComputeFileOptions = {}): JsonSchema => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "A compute file: clusters, deployments, jobs and their simulation",
  ...jsonSchema(schemaOf(options.simulation))
})
