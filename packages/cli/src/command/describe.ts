import { Console, Effect } from "effect"
import { Argument, Command } from "effect/cli"
import type { Backend } from "../backend/Backend.ts"
import { badInput } from "../input/InputError.ts"
import { readNamed } from "../input/Target.ts"
import { kinds } from "../kinds.ts"
import { printGroups, printRows } from "../output/Row.ts"
import { connect, filesFlag, printedAs, scope } from "./flags.ts"
import { type Thing, thingsIn } from "./thingsIn.ts"

const rowOf = (backend: Backend, { kind, name, where }: Thing) =>
  Effect.flatMap(backend.nowMs, (nowMs) => kind.get(backend, name, where, nowMs))

/** In the backend's own words, where it has some and nobody asked for a form of ours. */
const printKnown = Effect.fnUntraced(function* (backend: Backend, thing: Thing, output: "table" | "yaml") {
  const { kind, name, where } = thing
  if (output === "table" && kind.describe !== undefined) {
    const told = yield* kind.describe(backend, name, where)
    if (told !== undefined) return yield* Console.log(told.trimEnd())
  }
  yield* printRows(kind, [yield* rowOf(backend, thing)], "yaml", true)
})

const named = Effect.fnUntraced(function* (target: ReadonlyArray<string>) {
  const { kind, name } = yield* Effect.fromResult(readNamed(target, kinds, "describe it"))
  return { from: {}, things: [{ kind, name, where: yield* scope }] }
})

/** Prints all that is known of one thing, or of all that files ask for. */
export const describe = Command.make(
  "describe",
  {
    target: Argument.String("target").pipe(
      Argument.withMetavar("KIND/NAME"),
      Argument.variadic(),
      Argument.withDescription(`What: ${kinds.map(({ plural }) => plural).join(", ")}`)
    ),
    files: filesFlag
  },
  Effect.fn("cli.describe")(function* ({ files, target }) {
    const output = yield* printedAs("table", "json", "yaml")
    if (target.length > 0 === files.length > 0)
      return yield* badInput("name what to describe, or a file that asks for it, and not both")
    const { from, things } = yield* files.length > 0 ? thingsIn(files) : named(target)
    const backend = yield* connect(from)
    if (output === "json") {
      const found = yield* Effect.forEach(things, (thing) =>
        Effect.map(rowOf(backend, thing), (row) => ({ view: thing.kind, rows: [row] }))
      )
      const [only, ...more] = found
      return yield* only !== undefined && more.length === 0
        ? printRows(only.view, only.rows, output, true)
        : printGroups(found, output)
    }
    for (const [index, thing] of things.entries()) {
      if (index > 0) yield* Console.log("---")
      yield* printKnown(backend, thing, output)
    }
  }, Effect.scoped)
).pipe(
  Command.withDescription("Print all that is known of one thing, with what happened to it where the backend tells"),
  Command.withExamples([
    { command: "compute describe deployment/web-app" },
    { command: "compute describe -f fleet.yaml" }
  ])
)
