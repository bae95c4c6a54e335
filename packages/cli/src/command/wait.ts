import { because, type ComputeError, type DeploymentStatus, Failed, type JobStatus, TimedOut } from "@orrery/core"
import { Console, Effect, Option, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { Backend } from "../backend/Backend.ts"
import { badInput } from "../input/InputError.ts"
import { readNamed } from "../input/Target.ts"
import { type Kind, kinds, refOf, type Scope } from "../kinds.ts"
import { connect, printedAs, scope, timeoutFlag, timeoutOf } from "./flags.ts"

/** What is waited for, and where. */
interface Awaited {
  readonly backend: Backend
  readonly kind: Kind
  readonly name: string
  readonly where: Scope
}

/** Whether it is so by now, or why it will never be. */
type Verdict = "yes" | "not yet" | { readonly never: string }

const availableBy = ({ message, state }: DeploymentStatus): Verdict =>
  state === "available" ? "yes" : state === "stuck" ? { never: message ?? "its rollout is stuck" } : "not yet"

const completeBy = ({ reason, state }: JobStatus): Verdict => {
  if (state === "succeeded") return "yes"
  return state === "failed" || state === "cancelled" ? { never: reason ?? `it is ${state}` } : "not yet"
}

/** Every state that comes, judged, until one says how it ends. */
const verdicts = <Item>(states: Stream.Stream<Item, ComputeError>, judge: (item: Item) => Verdict) =>
  states.pipe(
    Stream.map(judge),
    Stream.filter((verdict) => verdict !== "not yet"),
    Stream.runHead
  )

const available = ({ backend, name, where }: Awaited) =>
  Effect.flatMap(backend.containers, ({ watchDeployment }) =>
    verdicts(watchDeployment(refOf(name, where)), ({ deployment }) => availableBy(deployment))
  )

const complete = ({ backend, name, where }: Awaited) =>
  Effect.flatMap(backend.scheduler, ({ watch }) => verdicts(watch(refOf(name, where)), ({ job }) => completeBy(job)))

/** Looks again and again: what is gone tells nobody. */
const deleted = ({ backend, kind, name, where }: Awaited) =>
  verdicts(
    Stream.fromEffectSchedule(
      Effect.flatMap(backend.nowMs, (nowMs) => kind.get(backend, name, where, nowMs)).pipe(
        Effect.as("not yet" as const),
        Effect.catchIf(
          ({ reason }) => reason._tag === "NotFound",
          () => Effect.succeed("yes" as const)
        )
      ),
      backend.lookAgain
    ),
    (verdict: Verdict) => verdict
  )

const conditions = {
  available: { of: ["deployment"], reached: available },
  complete: { of: ["job"], reached: complete },
  deleted: { of: kinds.map(({ singular }) => singular), reached: deleted }
} as const

const words = ["available", "complete", "deleted"] as const

/** Waits until something is so; a failure where it will never be, or not in time. */
export const wait = Command.make(
  "wait",
  {
    target: Argument.String("target").pipe(Argument.withMetavar("KIND/NAME"), Argument.variadic({ min: 1, max: 2 })),
    condition: Flag.Literals("for", words).pipe(
      Flag.withDescription("What: a deployment available, a job complete, or anything deleted")
    ),
    timeout: timeoutFlag
  },
  Effect.fn("cli.wait")(function* ({ condition, target, timeout }) {
    yield* printedAs("table")
    const timeoutMs = yield* timeoutOf(timeout)
    const { of, reached } = conditions[condition]
    const { kind, name } = yield* Effect.fromResult(readNamed(target, kinds, "wait for it"))
    if (!of.some((one) => one === kind.singular))
      return yield* badInput(`--for ${condition} is of ${of.join(", ")}, and ${kind.singular}/${name} is none`)
    const awaited = { backend: yield* connect(), kind, name, where: yield* scope }
    const what = `${kind.singular}/${name} to be ${condition}`
    yield* Console.error(`waiting for ${what}`)
    const waiting = reached(awaited)
    const ended = yield* timeoutMs === undefined ? Effect.asSome(waiting) : Effect.timeoutOption(waiting, timeoutMs)
    const at = { backend: awaited.backend.name, operation: "wait" }
    if (Option.isNone(ended)) return yield* because(new TimedOut({ ...at, detail: what, afterMs: timeoutMs ?? 0 }))
    const verdict = Option.getOrElse(ended.value, (): Verdict => ({ never: "nothing more is told of it" }))
    if (typeof verdict === "object") {
      const hint = `look at it with \`compute describe ${kind.singular}/${name}\``
      return yield* because(new Failed({ ...at, detail: `waited for ${what}: ${verdict.never}`, hint }))
    }
    yield* Console.log(`${kind.singular}/${name} ${condition}`)
  }, Effect.scoped)
).pipe(
  Command.withDescription("Wait until a deployment is available, a job complete, or something gone"),
  Command.withExamples([
    { command: "compute wait job/train --for complete --timeout 1h" },
    { command: "compute wait cluster/production --for deleted" }
  ])
)
