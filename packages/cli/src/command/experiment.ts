import { Console, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { InputError } from "../input/InputError.ts"
import { readText } from "../input/readText.ts"
import { printJson } from "../output/printDocument.ts"
import { atOnce } from "./atOnce.ts"
import { printedAs } from "./flags.ts"

const sourceOf = (file: string) => Effect.map(readText(file), (text) => ({ file, text }))

const fgd = Command.make(
  "fgd",
  {
    nodes: Flag.String("nodes").pipe(Flag.withMetavar("CSV"), Flag.withDescription("The nodes of the trace")),
    pods: Flag.String("pods").pipe(Flag.withMetavar("CSV"), Flag.withDescription("The pods of the trace")),
    policy: Flag.String("policy").pipe(Flag.withDefault("fgd"), Flag.withDescription("How a pod's GPU is chosen")),
    seed: Flag.Int("seed").pipe(Flag.withDefault(42), Flag.withDescription("The order of arrivals")),
    tune: Flag.Finite("tune").pipe(
      Flag.withDefault(0),
      Flag.withDescription("Requested GPUs over those that exist; 0 leaves the pods as they are")
    )
  },
  Effect.fn("cli.experiment.fgd")(function* ({ nodes, pods, policy, seed, tune }) {
    const output = yield* printedAs("table", "csv", "json")
    const [nodesCsv, podsCsv] = yield* Effect.all([sourceOf(nodes), sourceOf(pods)])
    const { printFgdCsv, runFgdExperiment } = yield* Effect.promise(() => import("@orrery/simulator"))
    const outcome = yield* atOnce(() => runFgdExperiment({ nodesCsv, podsCsv, policy, seed, tune }))
    if (outcome._tag === "Refused")
      return yield* new InputError({
        problems: outcome.problems.map(({ allowed, column, file, found, line }) => ({
          path: column,
          message: `found ${JSON.stringify(found)}, allowed: ${allowed}`,
          file,
          ...(line > 0 ? { line } : {})
        }))
      })
    yield* output === "json" ? printJson(outcome) : Console.log(printFgdCsv(outcome.rows).trimEnd())
  })
).pipe(Command.withDescription("Run the published GPU fragmentation experiment; prints bin,alloc,frag,frag_ratio"))

/** Published experiments, run again. */
export const experiment = Command.make("experiment").pipe(
  Command.withDescription("Run published experiments again"),
  Command.withSubcommands([fgd])
)
