import { Effect, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import { badInput } from "../input/InputError.ts"
import { readTarget } from "../input/Target.ts"
import { kinds } from "../kinds.ts"
import { printChange, printRows } from "../output/Row.ts"
import { printCapabilities } from "./capabilities.ts"
import { compute, connect, scope, watchFlag } from "./flags.ts"

/** KIND, KIND/NAME or KIND NAME. */
export const targetArgument = Argument.String("target").pipe(
  Argument.withMetavar("KIND[/NAME]"),
  Argument.variadic({ min: 1, max: 2 }),
  Argument.withDescription(`What: ${kinds.map(({ plural }) => plural).join(", ")}`)
)

/** Prints things, one or all of a kind. */
export const get = Command.make(
  "get",
  { target: targetArgument, watch: watchFlag },
  Effect.fn("cli.get")(function* ({ target, watch }) {
    const { output } = yield* compute
    if (target.length === 1 && target[0] === "capabilities") return yield* printCapabilities(output)
    const { kind, name } = yield* Effect.fromResult(readTarget(target, kinds))
    const where = yield* scope
    const backend = yield* connect()
    const nowMs = yield* backend.nowMs
    if (name === undefined) {
      if (watch) return yield* badInput(`name one of the ${kind.plural} to watch it`)
      return yield* printRows(kind, yield* Stream.runCollect(kind.list(backend, where, nowMs)), output, false)
    }
    if (!watch) return yield* printRows(kind, [yield* kind.get(backend, name, where, nowMs)], output, true)
    if (kind.watch === undefined) return yield* badInput(`${kind.plural} cannot be watched`)
    yield* kind.watch(backend, name, where, nowMs).pipe(
      Stream.zipWithIndex,
      Stream.runForEach(([row, index]) => printChange(kind, row, output, index === 0))
    )
  }, Effect.scoped)
).pipe(
  Command.withDescription("Print one thing or all of a kind"),
  Command.withExamples([
    { command: "compute get deployments -o wide" },
    { command: "compute get cluster/production -w" }
  ])
)

/** Prints all that is known of one thing. */
export const describe = Command.make(
  "describe",
  { target: targetArgument },
  Effect.fn("cli.describe")(function* ({ target }) {
    const { kind, name } = yield* Effect.fromResult(readTarget(target, kinds))
    if (name === undefined) return yield* badInput(`name one of the ${kind.plural} to describe it`)
    const backend = yield* connect()
    const nowMs = yield* backend.nowMs
    yield* printRows(kind, [yield* kind.get(backend, name, yield* scope, nowMs)], "yaml", true)
  }, Effect.scoped)
).pipe(Command.withDescription("Print all that is known of one thing"))
