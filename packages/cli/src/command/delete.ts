import { Console, Effect } from "effect"
import { Argument, Command } from "effect/cli"
import type { Backend } from "../backend/Backend.ts"
import { badInput } from "../input/InputError.ts"
import { readTargets } from "../input/Target.ts"
import { type Kind, kinds, type Scope } from "../kinds.ts"
import { confirm } from "./confirm.ts"
import { connect, dryRunFlag, filesFlag, printedAs, scope, wantedIn, yesFlag } from "./flags.ts"

interface Doomed {
  readonly kind: Kind
  readonly name: string
  readonly where: Scope
}

const kindNamed = (singular: string): ReadonlyArray<Kind> => kinds.filter((kind) => kind.singular === singular)

/** What a file asks for, in the order in which it can go: work first, machines last. */
const ofFiles = Effect.fnUntraced(function* (files: ReadonlyArray<string>) {
  const { clusters, deployments, jobs, from } = yield* wantedIn(files)
  const doomed = (singular: string, name: string, namespace?: string): ReadonlyArray<Doomed> =>
    kindNamed(singular).map((kind) => ({ kind, name, where: { namespace } }))
  return {
    from,
    doomed: [
      ...jobs.flatMap(({ name, namespace }) => doomed("job", name, namespace)),
      ...deployments.flatMap(({ name, namespace }) => doomed("deployment", name, namespace)),
      ...clusters.flatMap(({ name }) => doomed("cluster", name))
    ]
  }
})

const ofWords = Effect.fnUntraced(function* (target: ReadonlyArray<string>) {
  const removable = kinds.filter(({ remove }) => remove !== undefined)
  const where = yield* scope
  const doomed = yield* Effect.forEach(yield* Effect.fromResult(readTargets(target, removable)), ({ kind, name }) =>
    name === undefined
      ? Effect.fail(badInput(`name one of the ${kind.plural} to delete it`))
      : Effect.succeed({ kind, name, where })
  )
  return { from: {}, doomed }
})

/** Whether there is such a thing; what was begun of it may be there all the same, so it is removed either way. */
const isThere = (backend: Backend, { kind, name, where }: Doomed, nowMs: number) =>
  kind.get(backend, name, where, nowMs).pipe(
    Effect.as(true),
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.succeed(false)
    )
  )

const remove = Effect.fnUntraced(function* (backend: Backend, one: Doomed) {
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
    yes: yesFlag,
    dryRun: dryRunFlag
  },
  Effect.fn("cli.delete")(function* ({ dryRun, files, target, yes }) {
    yield* printedAs("table")
    if (target.length > 0 === files.length > 0)
      return yield* badInput("name what to delete, or a file that asks for it, and not both")
    const { doomed, from } = yield* files.length > 0 ? ofFiles(files) : ofWords(target)
    const names = doomed.map(({ kind, name }) => `${kind.singular}/${name}`).join(", ")
    if (dryRun) return yield* Console.log(`would delete ${names}`)
    if (!(yield* confirm(`Delete ${names}?`, yes))) return yield* Console.error("nothing was deleted")
    const backend = yield* connect(from)
    yield* Effect.forEach(doomed, (one) => remove(backend, one), { discard: true })
  }, Effect.scoped)
).pipe(
  Command.withDescription("Remove things and all that they own"),
  Command.withExamples([
    { command: "compute delete deployment/web-app" },
    { command: "compute delete -f fleet.yaml -y" }
  ])
)
