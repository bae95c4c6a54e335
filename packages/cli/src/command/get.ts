import { type LabelSelector, selects } from "@orrery/core"
import { Effect, Option, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { Backend } from "../backend/Backend.ts"
import { badInput } from "../input/InputError.ts"
import { readSelector } from "../input/readSelector.ts"
import { readTargets, type Target } from "../input/Target.ts"
import { type Kind, kinds, type Scope } from "../kinds.ts"
import { changePrinter, type Group, printGroups, printRows, type Row } from "../output/Row.ts"
import { printCapabilities } from "./capabilities.ts"
import { compute, connect, scope, watchFlag } from "./flags.ts"
import { watchList } from "./watchList.ts"

/** KIND, KIND/NAME or KIND NAME. */
const targetArgument = Argument.String("target").pipe(
  Argument.withMetavar("KIND[/NAME]"),
  Argument.variadic({ min: 1 }),
  Argument.withDescription(`What: ${kinds.map(({ plural }) => plural).join(", ")}`)
)

const selectorFlag = Flag.String("selector").pipe(
  Flag.withAlias("l"),
  Flag.withMetavar("LABELS"),
  Flag.optional,
  Flag.withDescription("Only what has these labels: app=web,tier!=test")
)

/** `all` is every kind that the backend has. */
const targetsOf = (words: ReadonlyArray<string>) =>
  words.length === 1 && words[0] === "all"
    ? Effect.succeed(kinds.map((kind): Target<Kind> => ({ kind, name: undefined })))
    : Effect.fromResult(readTargets(words, kinds))

/** What is looked at, and where. */
interface Look {
  readonly backend: Backend
  readonly where: Scope
  readonly nowMs: number
  readonly selector: LabelSelector | undefined
}

const listed = ({ kind }: Target<Kind>, { backend, nowMs, selector, where }: Look) => {
  const rows = kind.list(backend, where, nowMs)
  return selector === undefined ? rows : Stream.filter(rows, ({ labels = {} }) => selects(selector, labels))
}

const rowsOf = (target: Target<Kind>, look: Look) =>
  target.name === undefined
    ? Stream.runCollect(listed(target, look))
    : Effect.map(target.kind.get(look.backend, target.name, look.where, look.nowMs), (row) => [row])

/** Prints what is there and then each change, of one thing or of all of a kind. */
const watch = Effect.fnUntraced(function* (target: Target<Kind>, look: Look) {
  const { output } = yield* compute
  const { kind, name } = target
  if (name !== undefined && kind.watch === undefined)
    return yield* badInput(`${kind.plural} cannot be watched one by one`)
  const { backend, nowMs, where } = look
  const again = Effect.flatMap(backend.nowMs, (now) => Stream.runCollect(listed(target, { ...look, nowMs: now })))
  const rows =
    name === undefined || kind.watch === undefined
      ? watchList(kind, again, backend.lookAgain)
      : kind.watch(backend, name, where, nowMs)
  yield* Stream.runForEach(rows, changePrinter(kind, output))
})

/** One group for each kind, with all that was asked of it; `all` leaves out what the backend does not offer. */
const groupsOf = Effect.fnUntraced(function* (targets: ReadonlyArray<Target<Kind>>, look: Look, isAll: boolean) {
  const groups = new Map<Kind, Array<Row>>()
  for (const target of targets) {
    const found = yield* rowsOf(target, look).pipe(
      Effect.catchIf(
        ({ reason }) => isAll && reason._tag === "Unsupported",
        () => Effect.succeed([])
      )
    )
    const rows = groups.get(target.kind) ?? []
    rows.push(...found)
    groups.set(target.kind, rows)
  }
  return [...groups].map(([view, rows]): Group => ({ view, rows }))
})

/** Prints things, one or all of a kind. */
export const get = Command.make(
  "get",
  { target: targetArgument, watch: watchFlag, selector: selectorFlag },
  Effect.fn("cli.get")(function* ({ selector, target, watch: watches }) {
    const { output } = yield* compute
    if (target.length === 1 && target[0] === "capabilities") return yield* printCapabilities(output)
    const targets = yield* targetsOf(target)
    const [only, ...more] = targets
    if (Option.isSome(selector) && targets.some(({ name }) => name !== undefined))
      return yield* badInput("--selector picks from all of a kind", "leave out the name, or the selector")
    const selected = Option.map(selector, readSelector)
    const look = {
      where: yield* scope,
      selector: Option.isSome(selected) ? yield* Effect.fromResult(selected.value) : undefined
    }
    if (watches && more.length > 0) return yield* badInput("--watch looks at one thing, or at one kind")
    const backend = yield* connect()
    const now = { ...look, backend, nowMs: yield* backend.nowMs }
    if (only !== undefined && watches) return yield* watch(only, now)
    if (only !== undefined && more.length === 0)
      return yield* printRows(only.kind, yield* rowsOf(only, now), output, only.name !== undefined)
    yield* printGroups(yield* groupsOf(targets, now, target[0] === "all"), output)
  }, Effect.scoped)
).pipe(
  Command.withDescription("Print one thing, or all of a kind or of several"),
  Command.withExamples([
    { command: "compute get deployments -o wide" },
    { command: "compute get deployments,jobs -l app=web" },
    { command: "compute get cluster/production -w" },
    { command: "compute get all", description: "everything that this backend has" }
  ])
)
