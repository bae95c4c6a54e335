import {
  because,
  CapacityExhausted,
  type DeploymentStatus,
  Failed,
  type InNamespace,
  type Ref,
  TimedOut
} from "@orrery/core"
import { Clock, Effect, Option, Stream } from "effect"
import { Client } from "../Client.ts"
import { getDeployment, watchDeployment, wirePods } from "../containerManager.ts"
import { fieldManager } from "../objects/fieldOwners.ts"
import { annotationOf } from "../objects/labels.ts"
import { deploymentsPath } from "../objects/paths.ts"
import type { WireDeployment } from "../objects/wire.ts"
import { type Diagnosis, diagnoseAll, type Trouble } from "../pods/diagnose.ts"

/** Changes fields that no goal names: they stay through later changes of the goal. */
const change = (operation: string, ref: InNamespace<Ref>, spec: object) =>
  Effect.gen(function* () {
    const client = yield* Client
    yield* getDeployment(ref)
    yield* client.request<WireDeployment>({
      operation,
      kind: "deployment",
      name: ref.name,
      method: "PATCH",
      path: deploymentsPath(ref.namespace, ref.name),
      query: { fieldManager },
      contentType: "application/merge-patch+json",
      body: { spec }
    })
    return yield* getDeployment(ref)
  })

/** Lets changes of the template wait until `resume`; the number of replicas still follows. */
export const pause = Effect.fn("kubernetes.pause")((ref: InNamespace<Ref>) => change("pause", ref, { paused: true }))

/** Lets the rollout go on. */
export const resume = Effect.fn("kubernetes.resume")((ref: InNamespace<Ref>) => change("resume", ref, { paused: null }))

/** Replaces every pod by a new one of the same template, as its strategy says. */
export const restart = Effect.fn("kubernetes.restart")(function* (ref: InNamespace<Ref>) {
  const at = new Date(yield* Clock.currentTimeMillis).toISOString()
  const template = { metadata: { annotations: { [annotationOf.restartedAt]: at } } }
  return yield* change("restart", ref, { template })
})

/** What waiting for a rollout fails with, by what is wrong. */
const failure = (ref: InNamespace<Ref>, { cause, remedy, trouble }: Diagnosis, code: string) =>
  because(
    trouble === "unschedulable"
      ? new CapacityExhausted({ backend: "kubernetes", operation: "awaitRollout", code, offering: `room: ${cause}` })
      : new Failed({
          backend: "kubernetes",
          operation: "awaitRollout",
          code,
          detail: `${ref.name}: ${cause}`,
          hint: remedy
        })
  )

/** How long to wait, and what a failure is called. */
export interface AwaitOptions {
  readonly timeoutMs?: number
  /** A node may still come for pods that fit none: false ends the wait at once. */
  readonly nodesMayCome?: boolean
  readonly codes?: Partial<Readonly<Record<Trouble, string>>>
}

const timeoutUsualMs = 600_000

const stuck = Effect.fnUntraced(function* (
  ref: InNamespace<Ref>,
  codes: AwaitOptions["codes"],
  { message = "" }: DeploymentStatus
) {
  const found = diagnoseAll(yield* Stream.runCollect(wirePods(ref)))
  const diagnosis: Diagnosis = found ?? { trouble: "refused", cause: message, remedy: "change what is named" }
  return yield* failure(ref, diagnosis, codes?.[diagnosis.trouble] ?? diagnosis.trouble)
})

/** Waits until every replica is there and new; fails as soon as it is known that this will not be, and says why. */
export const awaitRollout = Effect.fn("kubernetes.awaitRollout")(function* (
  ref: InNamespace<Ref>,
  { codes, nodesMayCome = true, timeoutMs = timeoutUsualMs }: AwaitOptions = {}
) {
  const ends = ({ message = "", state }: DeploymentStatus) =>
    state === "available" || state === "stuck" || (!nodesMayCome && message.startsWith("no node takes"))
  const seen = watchDeployment(ref).pipe(
    Stream.map(({ deployment }) => deployment),
    Stream.takeUntil(ends),
    Stream.runLast
  )
  const last = Option.getOrUndefined(Option.flatten(yield* Effect.timeoutOption(seen, timeoutMs)))
  if (last?.state === "available") return last
  if (last !== undefined) return yield* stuck(ref, codes, last)
  const now = yield* getDeployment(ref)
  const found = diagnoseAll(yield* Stream.runCollect(wirePods(ref)))
  if (found !== undefined) return yield* failure(ref, found, codes?.[found.trouble] ?? found.trouble)
  const detail = `the rollout of ${ref.name}${now.message === undefined ? "" : ` (${now.message})`}`
  return yield* because(new TimedOut({ backend: "kubernetes", operation: "awaitRollout", detail, afterMs: timeoutMs }))
})
