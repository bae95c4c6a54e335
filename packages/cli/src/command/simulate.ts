import { Console, Effect, Result } from "effect"
import { Argument, Command } from "effect/cli"
import { badInput } from "../input/InputError.ts"
import { printJson, printYaml } from "../output/printDocument.ts"
import { compute } from "./flags.ts"

const parts = Effect.promise(() =>
  Promise.all([import("@orrery/simulator"), import("../input/readFiles.ts"), import("../output/fleetReport.ts")])
)

/** Runs the very file that `apply` takes in virtual time. */
export const simulate = Command.make(
  "simulate",
  {
    file: Argument.String("file").pipe(Argument.withMetavar("FILE"), Argument.withDescription("File, or - for a pipe"))
  },
  Effect.fn("cli.simulate")(function* ({ file }) {
    const { output } = yield* compute
    const [{ SimulationSpec, simulateFleet }, { readFile }, { printFleetReport }] = yield* parts
    const wanted = yield* readFile(file, { simulation: SimulationSpec })
    const report = yield* Effect.fromResult(Result.mapError(simulateFleet(wanted), (why) => badInput(why)))
    if (output === "json") return yield* printJson(report)
    if (output === "yaml") return yield* printYaml(report)
    yield* Console.log(printFleetReport(report))
  })
).pipe(
  Command.withDescription(
    "Run a file's cluster, deployments and jobs in virtual time: cost, waiting, use, what went wrong"
  ),
  Command.withExamples([{ command: "compute simulate examples/fleet.yaml" }])
)
