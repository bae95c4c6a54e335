import { Console, Data, Effect, Result } from "effect"
import { Argument, Command } from "effect/cli"
import { InputError } from "../input/InputError.ts"
import { printJson, printYaml } from "../output/printDocument.ts"
import { atOnce } from "./atOnce.ts"
import { printedAs } from "./flags.ts"

const parts = Effect.promise(() =>
  Promise.all([import("@orrery/simulator"), import("../input/readFiles.ts"), import("../output/fleetReport.ts")])
)

/** A simulation that did not come to its end. The command ends with 1. */
export class SimulationFailed extends Data.TaggedError("SimulationFailed")<{ readonly message: string }> {}

const onlyOne = (file: string, found: number): InputError =>
  new InputError({
    problems: [
      {
        path: "compute.cluster",
        file,
        message: `found ${found} clusters, allowed: one`,
        remedy: "a simulation plays one cluster with its deployments and jobs"
      }
    ]
  })

/** Runs the very file that `apply` takes in virtual time. */
export const simulate = Command.make(
  "simulate",
  {
    file: Argument.String("file").pipe(Argument.withMetavar("FILE"), Argument.withDescription("File, or - for a pipe"))
  },
  Effect.fn("cli.simulate")(function* ({ file }) {
    const output = yield* printedAs("table", "json", "yaml")
    const [{ simulateFleet }, { readFile }, { printFleetReport }] = yield* parts
    const documents = yield* readFile(file)
    const clusters = documents.flatMap(({ cluster }) => cluster ?? [])
    const [cluster] = clusters
    if (cluster === undefined || clusters.length > 1) return yield* onlyOne(file, clusters.length)
    const fleet = {
      cluster,
      deployments: documents.flatMap(({ deployments }) => deployments),
      jobs: documents.flatMap(({ jobs }) => jobs),
      ...documents.flatMap(({ simulation }) => (simulation === undefined ? [] : [{ simulation }]))[0]
    }
    const outcome = yield* atOnce(() => simulateFleet(fleet))
    const report = yield* Effect.fromResult(Result.mapError(outcome, (message) => new SimulationFailed({ message })))
    if (output === "json") return yield* printJson(report)
    if (output === "yaml") return yield* printYaml([report])
    yield* Console.log(printFleetReport(report))
  })
).pipe(
  Command.withDescription(
    "Run a file's cluster, deployments and jobs in virtual time: cost, waiting, use, what went wrong"
  ),
  Command.withExamples([{ command: "compute simulate examples/fleet.yaml" }])
)
