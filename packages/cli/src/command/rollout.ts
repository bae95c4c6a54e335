import {
  because,
  Conflict,
  type DeploymentStatus,
  Failed,
  NotFound,
  type Ref,
  type Revision,
  TimedOut
} from "@orrery/core"
import { Console, Effect, Option, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { Backend } from "../backend/Backend.ts"
import { readNamed } from "../input/Target.ts"
import { refOf } from "../kinds.ts"
import { printRows, type View } from "../output/Row.ts"
import { compute, connect, dryRunFlag, printedAs, scope, timeoutFlag, timeoutOf } from "./flags.ts"

const deployments = [{ singular: "deployment", plural: "deployments", aliases: ["deploy"] }] as const

const target = Argument.String("target").pipe(
  Argument.withMetavar("deployment/NAME"),
  Argument.variadic({ min: 1, max: 2 })
)

/** The deployment that was named, and where to ask about it. */
const named = Effect.fnUntraced(function* (words: ReadonlyArray<string>, verb: string) {
  const { name } = yield* Effect.fromResult(readNamed(words, deployments, verb))
  const ref = refOf(name, yield* scope)
  return { backend: yield* connect(), ref }
})

const revisionFlag = (name: string, description: string) =>
  Flag.Int(name).pipe(Flag.withMetavar("N"), Flag.optional, Flag.withDescription(description))

const isOver = ({ state }: DeploymentStatus): boolean => state === "available" || state === "stuck"

const saidOf = ({ message, replicas: { desired, ready, total, updated }, state }: DeploymentStatus): string => {
  if (state === "available") return `all ${desired} replicas are new and ready`
  const why = message === undefined ? "" : `: ${message}`
  if (updated < desired) return `${updated} of ${desired} replicas are new${why}`
  return total > updated
    ? `${total - updated} old replicas are still there${why}`
    : `${ready} of ${desired} replicas are ready${why}`
}

/** Tells of a rollout until it has come to its end; one that cannot is a failure that says why. */
const follow = Effect.fnUntraced(function* (backend: Backend, ref: Ref, timeoutMs: number | undefined) {
  const { watchDeployment } = yield* backend.containers
  const at = { backend: backend.name, operation: "rollout status" }
  let seen: DeploymentStatus | undefined
  const rollout = watchDeployment(ref).pipe(
    Stream.map(({ deployment }) => deployment),
    Stream.takeUntil(isOver),
    Stream.tap((deployment) => Effect.sync(() => (seen = deployment))),
    Stream.map((deployment) => `deployment/${ref.name}: ${saidOf(deployment)}`),
    Stream.changes,
    Stream.runForEach(Console.log)
  )
  const ended = timeoutMs === undefined ? Effect.asSome(rollout) : Effect.timeoutOption(rollout, timeoutMs)
  const isLate = Option.isNone(yield* ended)
  if (seen?.state === "available") return
  if (isLate && timeoutMs !== undefined)
    return yield* because(new TimedOut({ ...at, detail: `the rollout of ${ref.name}`, afterMs: timeoutMs }))
  if (seen === undefined || seen.state === "deleting")
    return yield* because(new NotFound({ ...at, kind: "deployment", name: ref.name }))
  const hint = "change what is named, or go back with `compute rollout undo`"
  return yield* because(new Failed({ ...at, detail: `the rollout of ${ref.name} is stuck: ${saidOf(seen)}`, hint }))
})

const status = Command.make(
  "status",
  {
    target,
    watch: Flag.Boolean("watch").pipe(
      Flag.withAlias("w"),
      Flag.withDefault(true),
      Flag.withDescription("Wait for its end; --no-watch only says where it is")
    ),
    timeout: timeoutFlag
  },
  Effect.fn("cli.rollout.status")(function* ({ target: words, timeout, watch }) {
    yield* printedAs("table")
    const timeoutMs = yield* timeoutOf(timeout)
    const { backend, ref } = yield* named(words, "follow its rollout")
    if (watch) return yield* follow(backend, ref, timeoutMs)
    const found = yield* (yield* backend.containers).getDeployment(ref)
    yield* Console.log(`deployment/${ref.name}: ${saidOf(found)}`)
  }, Effect.scoped)
).pipe(
  Command.withDescription("Follow a rollout to its end; ends with 1 where it is stuck"),
  Command.withExamples([{ command: "compute rollout status deployment/web-app --timeout 10m" }])
)

const imagesOf = ({ template }: Revision): string => template.spec.containers.map(({ image }) => image).join(",")

const revisionView: View = {
  singular: "revision",
  plural: "revisions",
  titles: ["REVISION", "IMAGES", ""].map((title) => ({ title, wide: false }))
}

const history = Command.make(
  "history",
  { target, revision: revisionFlag("revision", "Print this one whole") },
  Effect.fn("cli.rollout.history")(function* ({ revision, target: words }) {
    const { output } = yield* compute
    const { backend, ref } = yield* named(words, "see its revisions")
    const all = yield* Stream.runCollect((yield* backend.containers).revisions(ref))
    const asked = all.filter((one) => Option.isNone(revision) || one.revision === revision.value)
    if (asked.length === 0 && Option.isSome(revision))
      return yield* because(
        new NotFound({
          backend: backend.name,
          operation: "rollout history",
          kind: "revision",
          name: String(revision.value)
        })
      )
    const rows = asked.map((one) => ({
      name: String(one.revision),
      cells: [String(one.revision), imagesOf(one), one === all[0] ? "current" : ""],
      document: one
    }))
    yield* printRows(
      revisionView,
      rows,
      Option.isSome(revision) && output === "table" ? "yaml" : output,
      Option.isSome(revision)
    )
  }, Effect.scoped)
).pipe(
  Command.withDescription("Print the revisions that can be returned to, newest first"),
  Command.withExamples([
    { command: "compute rollout history deployment/web-app" },
    { command: "compute rollout history deployment/web-app --revision 3" }
  ])
)

const undo = Command.make(
  "undo",
  {
    target,
    revision: revisionFlag("to-revision", "Which; left out, the one before the current one"),
    dryRun: dryRunFlag
  },
  Effect.fn("cli.rollout.undo")(function* ({ dryRun, revision, target: words }) {
    yield* printedAs("table")
    const { backend, ref } = yield* named(words, "roll it back")
    const { revisions, rollback } = yield* backend.containers
    const [, before] = yield* Stream.runCollect(revisions(ref))
    const to = Option.getOrUndefined(revision) ?? before?.revision
    if (to === undefined)
      return yield* because(
        new Conflict({
          backend: backend.name,
          operation: "rollout undo",
          kind: "deployment",
          name: ref.name,
          detail: "it has no earlier revision"
        })
      )
    if (dryRun) return yield* Console.log(`would roll deployment/${ref.name} back to revision ${to}`)
    const now = yield* rollback(ref, to)
    yield* Console.log(`deployment/${ref.name} rolled back to what revision ${to} was; now revision ${now.revision}`)
  }, Effect.scoped)
).pipe(
  Command.withDescription("Return to an earlier revision"),
  Command.withExamples([
    { command: "compute rollout undo deployment/web-app" },
    { command: "compute rollout undo deployment/web-app --to-revision 3" }
  ])
)

const acts = {
  restart: ["Replace every pod by a new one of the same template", "restarted"],
  pause: ["Let changes of the template wait", "paused"],
  resume: ["Let changes of the template go on", "resumed"]
} as const

const act = (verb: keyof typeof acts) =>
  Command.make(
    verb,
    { target },
    Effect.fn(`cli.rollout.${verb}`)(function* ({ target: words }) {
      yield* printedAs("table")
      const { backend, ref } = yield* named(words, `${verb} it`)
      yield* (yield* backend.beyond(`rollout ${verb}`))[verb](ref)
      yield* Console.log(`deployment/${ref.name} ${acts[verb][1]}`)
    }, Effect.scoped)
  ).pipe(
    Command.withDescription(acts[verb][0]),
    Command.withExamples([{ command: `compute rollout ${verb} deployment/web-app` }])
  )

/** How a deployment goes from one version to the next, and back. */
export const rollout = Command.make("rollout").pipe(
  Command.withDescription("Follow, undo, restart or pause how a deployment changes"),
  Command.withSubcommands([status, history, undo, act("restart"), act("pause"), act("resume")])
)
