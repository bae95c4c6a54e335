import { Console, Effect, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { Backend } from "../backend/Backend.ts"
import { badInput } from "../input/InputError.ts"
import { readTarget, readTargets } from "../input/Target.ts"
import { kinds } from "../kinds.ts"
import { confirm } from "./confirm.ts"
import { connect, dryRunFlag, filesFlag, printedAs, scope, yesFlag } from "./flags.ts"
import { type Thing, thingsIn } from "./thingsIn.ts"

const removable = kinds.filter(({ remove }) => remove !== undefined)

/** Every one there is of one kind, as it stands when it is asked. */
const allOf = Effect.fnUntraced(function* (backend: Backend, target: ReadonlyArray<string>) {
  const { kind, name } = yield* Effect.fromResult(readTarget(target, removable))
  if (name !== undefined) return yield* badInput("--all is every one of a kind", "leave out the name, or --all")
  const rows = yield* Stream.runCollect(kind.list(backend, yield* scope, yield* backend.nowMs))
  return rows.map((row): Thing => ({ kind, name: row.name, where: { namespace: row.namespace } }))
})

const ofWords = Effect.fnUntraced(function* (target: ReadonlyArray<string>) {
  const where = yield* scope
  return yield* Effect.forEach(yield* Effect.fromResult(readTargets(target, removable)), ({ kind, name }) =>
    name === undefined
      ? Effect.fail(badInput(`name one of the ${kind.plural} to delete it`, "or add --all to delete every one"))
      : Effect.succeed({ kind, name, where })
  )
})

/** Whether there is such a thing; what was begun of it may be there all the same, so it is removed either way. */
const isThere = (backend: Backend, { kind, name, where }: Thing, nowMs: number) =>
  kind.get(backend, name, where, nowMs).pipe(
    Effect.as(true),
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.succeed(false)
    )
  )

const remove = Effect.fnUntraced(function* (backend: Backend, one: Thing) {
  const { kind, name, where } = one
  if (kind.remove === undefined) return
  const wasThere = yield* isThere(backend, one, yield* backend.nowMs)
  yield* kind.remove(backend, name, where)
  yield* Console.log(`${kind.singular}/${name} ${wasThere ? "deleted" : "was not there"}`)
})

/** Removes what is named, or all that files ask for; what is gone already counts as done. */
export const deleteCommand = Command.make(
  "delete",
  {
    target: Argument.String("target").pipe(Argument.withMetavar("KIND/NAME"), Argument.variadic()),
    files: filesFlag,
    all: Flag.Boolean("all").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Every one of a kind, in the namespace that was named")
    ),
    yes: yesFlag,
    dryRun: dryRunFlag
  },
  Effect.fn("cli.delete")(function* ({ all, dryRun, files, target, yes }) {
    yield* printedAs("table")
    if (target.length > 0 === files.length > 0)
      return yield* badInput("name what to delete, or a file that asks for it, and not both")
    if (all && files.length > 0)
      return yield* badInput("--all is of a kind, and a file was given", "leave out one of both")
    const read = files.length > 0 ? yield* thingsIn(files) : { from: {}, things: all ? [] : yield* ofWords(target) }
    const asked = all ? yield* connect() : undefined
    const doomed = asked === undefined ? read.things : yield* allOf(asked, target)
    if (doomed.length === 0) return yield* Console.error("there is nothing to delete")
    const names = doomed.map(({ kind, name }) => `${kind.singular}/${name}`).join(", ")
    if (dryRun) return yield* Console.log(`would delete ${names}`)
    if (!(yield* confirm(`Delete ${names}?`, yes))) return yield* Console.error("nothing was deleted")
    const backend = asked ?? (yield* connect(read.from))
    yield* Effect.forEach(doomed, (one) => remove(backend, one), { discard: true })
  }, Effect.scoped)
).pipe(
  Command.withDescription("Remove things and all that they own"),
  Command.withExamples([
    { command: "compute delete deployment/web-app" },
    { command: "compute delete jobs --all", description: "after a question that names them" },
    { command: "compute delete -f fleet.yaml -y" }
  ])
)
