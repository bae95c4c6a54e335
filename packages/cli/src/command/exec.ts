import type { Ref } from "@orrery/core"
import { Data, Effect, Option, Runtime, Stdio, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { Backend, Beyond } from "../backend/Backend.ts"
import { readText } from "../input/readText.ts"
import { connect, containerFlag, printedAs, scope } from "./flags.ts"
import { podArgument, podNamed } from "./podNamed.ts"

/** The command ran and ended with a code of its own, which becomes ours. */
export class CommandEnded extends Data.TaggedError("CommandEnded")<{ readonly exitCode: number }> {
  override readonly [Runtime.errorExitCode] = this.exitCode
  override readonly message = `the command ended with ${this.exitCode}`
}

interface Given {
  readonly pod: Ref
  readonly command: ReadonlyArray<string>
  readonly stdin: boolean
  readonly tty: boolean
  readonly container: string | undefined
}

/** While it lasts, keys go to the command as they are typed, and Ctrl-C is one of them. */
const rawKeys = Effect.acquireRelease(
  Effect.sync(() => process.stdin.isTTY && process.stdin.setRawMode(true)),
  () => Effect.sync(() => process.stdin.isTTY && process.stdin.setRawMode(false))
)

/** Our own streams joined to the command's for as long as it runs. */
const attached = Effect.fnUntraced(function* (beyond: Beyond, { command, container, pod, stdin, tty }: Given) {
  if (stdin && tty) yield* rawKeys
  if (stdin) yield* Effect.addFinalizer(() => Effect.sync(() => process.stdin.destroy()))
  return yield* beyond.attach(pod, command, {
    stdout: process.stdout,
    stderr: process.stderr,
    tty,
    ...(stdin ? { stdin: process.stdin } : {}),
    ...(container === undefined ? {} : { container })
  })
})

/** What the command printed, once it has ended. */
const afterwards = Effect.fnUntraced(function* (backend: Backend, { command, pod, stdin }: Given) {
  const { exec } = yield* backend.containers
  const stdio = yield* Stdio.Stdio
  const result = yield* exec(pod, command, stdin ? { stdin: yield* readText("-") } : {})
  yield* Stream.run(Stream.make(result.stdout), stdio.stdout({ endOnDone: false }))
  yield* Stream.run(Stream.make(result.stderr), stdio.stderr({ endOnDone: false }))
  return result.exitCode
})

/** Runs a command in a container and ends as it ended. */
export const exec = Command.make(
  "exec",
  {
    pod: podArgument,
    command: Argument.String("command").pipe(
      Argument.withMetavar("-- COMMAND"),
      Argument.variadic({ min: 1 }),
      Argument.withDescription("What to run, after two dashes")
    ),
    stdin: Flag.Boolean("stdin").pipe(
      Flag.withAlias("i"),
      Flag.withDefault(false),
      Flag.withDescription("Let the command read what is typed or piped")
    ),
    tty: Flag.Boolean("tty").pipe(
      Flag.withAlias("t"),
      Flag.withDefault(false),
      Flag.withDescription("Give the command a terminal")
    ),
    container: containerFlag
  },
  Effect.fn("cli.exec")(function* ({ command, container, pod: word, stdin, tty }) {
    yield* printedAs("table")
    const backend = yield* connect()
    const pod = yield* podNamed(backend, word, yield* scope, "run a command in it")
    const given = { pod, command, stdin, tty, container: Option.getOrUndefined(container) }
    const beyond = yield* Effect.option(backend.beyond("exec"))
    if (Option.isNone(beyond) && (tty || Option.isSome(container)))
      return yield* backend.beyond(tty ? "exec --tty" : "exec --container")
    const exitCode = yield* Option.isSome(beyond) ? attached(beyond.value, given) : afterwards(backend, given)
    if (exitCode !== 0) return yield* new CommandEnded({ exitCode })
  }, Effect.scoped)
).pipe(
  Command.withDescription("Run a command in a container; ends with the command's own exit code"),
  Command.withExamples([
    { command: "compute exec deployment/web-app -- ls /srv" },
    { command: "compute exec -it web-app-7f9c-x2x7p -- sh" }
  ])
)
