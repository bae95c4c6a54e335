import { parseDuration } from "@orrery/core"
import { Console, Effect, Option, Result, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { badInput } from "../input/InputError.ts"
import { readNamed } from "../input/Target.ts"
import { refOf } from "../kinds.ts"
import { Count, connect, printedAs, scope } from "./flags.ts"

const speaking = [
  { singular: "deployment", plural: "deployments", aliases: ["deploy"] },
  { singular: "job", plural: "jobs", aliases: ["jo"] }
] as const

/** Prints what containers and jobs printed. */
export const logs = Command.make(
  "logs",
  {
    target: Argument.String("target").pipe(
      Argument.withMetavar("deployment/NAME|job/NAME"),
      Argument.variadic({ min: 1, max: 2 })
    ),
    follow: Flag.Boolean("follow").pipe(Flag.withDefault(false), Flag.withDescription("Go on as lines are written")),
    previous: Flag.Boolean("previous").pipe(
      Flag.withAlias("p"),
      Flag.withDefault(false),
      Flag.withDescription("The run before the last restart")
    ),
    tail: Flag.Int("tail").pipe(
      Flag.withSchema(Count),
      Flag.optional,
      Flag.withDescription("Only the last so many lines of each source")
    ),
    since: Flag.String("since").pipe(Flag.optional, Flag.withDescription("Only lines of the last 10m, 2h, ..."))
  },
  Effect.fn("cli.logs")(function* ({ follow, previous, since, tail, target }) {
    const output = yield* printedAs("table", "json")
    const { kind, name } = yield* Effect.fromResult(readNamed(target, speaking, "read its logs"))
    const lastMs = yield* Effect.forEach(Option.toArray(since), (text) =>
      Effect.fromResult(Result.mapError(parseDuration(text), (wrong) => badInput(wrong)))
    )
    const where = yield* scope
    const backend = yield* connect()
    const nowMs = yield* backend.nowMs
    const options = {
      follow,
      previous,
      ...(Option.isSome(tail) ? { tail: tail.value } : {}),
      ...lastMs.map((ms) => ({ sinceMs: nowMs - ms }))[0]
    }
    const ref = refOf(name, where)
    const lines =
      kind.singular === "job"
        ? (yield* backend.scheduler).logs(ref, options)
        : (yield* backend.containers).logs(ref, options)
    yield* Stream.runForEach(lines, (line) =>
      Console.log(output === "json" ? JSON.stringify(line) : `[${line.source}] ${line.text}`)
    )
  }, Effect.scoped)
).pipe(
  Command.withDescription("Print what containers and jobs printed"),
  Command.withExamples([{ command: "compute logs deployment/web-app --follow" }])
)
