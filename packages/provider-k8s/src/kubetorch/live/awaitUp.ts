import { because, CapacityExhausted, Failed, type Ref, TimedOut } from "@orrery/core"
import { Clock, Effect, Stream } from "effect"
import { bear } from "../../objects/bear.ts"
import { list } from "../../objects/list.ts"
import { podsPath } from "../../objects/paths.ts"
import type { WirePod } from "../../objects/wire.ts"
import {
  type Diagnosis,
  diagnoseAll,
  diagnoseEvents,
  diagnoseRefusal,
  isStarting,
  type Trouble
} from "../../pods/diagnose.ts"
import { eventsWhere } from "../../pods/events.ts"
import { fromPod } from "../../translate/pod.ts"
import type { Manifest } from "../ComputeOptions.ts"
import { labelKeys } from "../names.ts"
import { readManifest } from "../readManifest.ts"
import { findService, namespaceOf, subject } from "./kinds.ts"

/** What each trouble is called by those who wait for a service. */
const codes: Readonly<Record<Trouble, string>> = {
  image: "ImagePullError",
  crash: "ServiceHealthError",
  memory: "ServiceHealthError",
  configuration: "StartupError",
  volume: "StartupError",
  quota: "ResourceNotAvailable",
  limits: "ResourceNotAvailable",
  webhook: "StartupError",
  refused: "StartupError",
  unschedulable: "ResourceNotAvailable"
}

/** The pods of one service. */
export const servicePods = (operation: string, ref: Ref) =>
  list<WirePod>({
    ...subject(operation, ref),
    path: podsPath(namespaceOf(ref)),
    query: { labelSelector: `${labelKeys.service}=${ref.name}` }
  })

interface Condition {
  readonly type: string
  readonly status: string
  readonly message?: string
}

const conditionsOf = (manifest: Manifest): ReadonlyArray<Condition> =>
  (manifest.status as { readonly conditions?: ReadonlyArray<Condition> } | undefined)?.conditions ?? []

const holds = (manifest: Manifest, type: string): Condition | undefined =>
  conditionsOf(manifest).find((condition) => condition.type === type && condition.status === "True")

/** Knative says itself when a service answers, which may be with no pod at all; all others need their pods. */
const isUp = (manifest: Manifest, pods: ReadonlyArray<WirePod>): boolean => {
  const { deploymentMode, replicas } = readManifest(manifest)
  if (deploymentMode === "knative") return holds(manifest, "Ready") !== undefined
  return pods.map(fromPod).filter(({ state }) => state === "ready").length >= replicas
}

const troubleOf = Effect.fnUntraced(function* (ref: Ref, manifest: Manifest, pods: ReadonlyArray<WirePod>) {
  const found = diagnoseAll(pods)
  if (found !== undefined) return found
  const refused = holds(manifest, "ReplicaFailure")
  if (refused !== undefined) return diagnoseRefusal(refused.message ?? "")
  if (!pods.some(isStarting)) return undefined
  const warnings = eventsWhere("launch", namespaceOf(ref), "type=Warning,involvedObject.kind=Pod")
  return diagnoseEvents(yield* Stream.runCollect(warnings), pods)
})

const queueOf = (manifest: Manifest): string | undefined => {
  const { labels = {} } = (manifest.metadata ?? {}) as { readonly labels?: Readonly<Record<string, string>> }
  return labels[labelKeys.kaiQueue] ?? labels[labelKeys.kueueQueue]
}

const at = { backend: "kubernetes", operation: "launch" } as const

/** What a launch fails with: a queue that does not let it go is named before the room that is missing. */
const failure = (ref: Ref, manifest: Manifest, { cause, remedy, trouble }: Diagnosis) => {
  const queue = queueOf(manifest)
  const code = codes[trouble]
  if (trouble !== "unschedulable")
    return because(new Failed({ ...at, code, detail: `${ref.name}: ${cause}`, hint: remedy }))
  if (queue === undefined)
    return because(new CapacityExhausted({ ...at, code, offering: `room for ${ref.name}: ${cause}` }))
  const detail = `${ref.name} waits in the queue ${queue}: ${cause}`
  const hint = "look whether the queue exists and has quota left, or choose another"
  return because(new Failed({ ...at, code: "QueueUnschedulableError", detail, hint }))
}

const gated = (pods: ReadonlyArray<WirePod>): Diagnosis | undefined => {
  const said = pods.flatMap(({ status }) => status?.conditions ?? []).find(({ reason }) => reason === "SchedulingGated")
  return said === undefined
    ? undefined
    : { trouble: "unschedulable", cause: said.message ?? "its pods are held back", remedy: "" }
}

const pace = "400 millis"

/** A service, its pods, and what is wrong where it does not answer. */
const lookAt = Effect.fnUntraced(function* (ref: Ref) {
  const { manifest } = yield* findService("launch", ref)
  const pods = yield* Stream.runCollect(servicePods("launch", ref))
  const up = isUp(manifest, pods)
  return { manifest, pods, up, trouble: up ? undefined : yield* troubleOf(ref, manifest, pods) }
})

/** Waits until a service answers; fails as soon as it is known that it will not, and says why. */
export const awaitUp = Effect.fnUntraced(function* (ref: Ref, timeoutMs: number, nodesMayCome: boolean) {
  const until = (yield* Clock.currentTimeMillis) + timeoutMs
  while (true) {
    const { manifest, pods, trouble, up } = yield* bear(lookAt(ref))
    if (up) return manifest
    const late = (yield* Clock.currentTimeMillis) > until
    // an autoscaler may still bring a node for what fits none today
    const patient = trouble?.trouble === "unschedulable" && nodesMayCome && !late
    if (trouble !== undefined && !patient) return yield* failure(ref, manifest, trouble)
    if (late) {
      const held = gated(pods)
      if (held !== undefined) return yield* failure(ref, manifest, held)
      const detail = `the launch of ${ref.name} with ${pods.length} pods`
      return yield* because(new TimedOut({ ...at, detail, afterMs: timeoutMs }))
    }
    yield* Effect.sleep(pace)
  }
})
