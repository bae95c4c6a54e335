import { Console, Effect } from "effect"
import { Argument, Command, Completions } from "effect/cli"
import { apply, plan } from "./command/apply.ts"
import { cp } from "./command/copy.ts"
import { deleteCommand } from "./command/delete.ts"
import { describe } from "./command/describe.ts"
import { exec } from "./command/exec.ts"
import { experiment } from "./command/experiment.ts"
import { compute } from "./command/flags.ts"
import { get } from "./command/get.ts"
import { importCommand } from "./command/import.ts"
import { logs } from "./command/logs.ts"
import { node, why } from "./command/look.ts"
import { place } from "./command/place.ts"
import { portForward } from "./command/portForward.ts"
import { rollout } from "./command/rollout.ts"
import { scale } from "./command/scale.ts"
import { simulate } from "./command/simulate.ts"
import { top } from "./command/top.ts"
import { wait } from "./command/wait.ts"

const schema = Command.make(
  "schema",
  { of: Argument.Literals("of", ["file", "report"]).pipe(Argument.withDefault("file" as const)) },
  Effect.fn("cli.schema")(({ of }) =>
    Effect.flatMap(
      Effect.promise(() => import("./input/printSchema.ts")),
      ({ printSchema }) => printSchema(of)
    )
  )
).pipe(
  Command.withDescription("Print the JSON Schema of the files, so that editors can help, or of a simulation's report"),
  Command.withExamples([
    { command: "compute schema > compute.schema.json" },
    { command: "compute schema report", description: "of what simulate -o json prints" }
  ])
)

const verbs = [
  plan,
  apply,
  get,
  describe,
  deleteCommand,
  scale,
  rollout,
  logs,
  exec,
  portForward,
  cp,
  top,
  node,
  why,
  wait,
  schema,
  simulate,
  place,
  importCommand,
  experiment
] as const

/** Completion knows itself, too. */
const whole = (): Parameters<typeof Completions.fromCommand>[0] => app

const completion = Command.make(
  "completion",
  { shell: Argument.Literals("shell", ["bash", "zsh", "fish"]) },
  Effect.fn("cli.completion")(({ shell }) =>
    Console.log(Completions.generate("compute", shell, Completions.fromCommand(whole())))
  )
).pipe(
  Command.withDescription("Print a script that completes this command in a shell"),
  Command.withExamples([{ command: "source <(compute completion bash)" }])
)

/** The whole command. */
export const app = compute.pipe(Command.withSubcommands([...verbs, completion]))
