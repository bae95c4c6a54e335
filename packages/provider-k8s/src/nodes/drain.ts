import { because, type ComputeError, Failed, TimedOut } from "@orrery/core"
import { Clock, Effect, Queue, Stream } from "effect"
import { Client } from "../Client.ts"
import { list } from "../objects/list.ts"
import { podsPath } from "../objects/paths.ts"
import { find } from "../objects/stored.ts"
import { waitUntil } from "../objects/waitUntil.ts"
import type { WirePod } from "../objects/wire.ts"
import { setSchedulable } from "./nodes.ts"

/** How a node is emptied. */
export interface DrainOptions {
  /** After so long it has failed; five minutes where left out. */
  readonly deadlineMs?: number
  /** How long pods may take to end, in place of what each says itself. */
  readonly graceMs?: number
  /** Pods that nobody would start again: refused, before anything moves, unless they may be lost. */
  readonly bare?: "refuse" | "lose"
  /** Pods that keep data on the node: it is lost with them; refused where that must not be. */
  readonly localData?: "refuse" | "lose"
}

/** What became of one pod of a node that is emptied, and how many are still there. */
export interface DrainProgress {
  readonly pod: string
  readonly state: "leaving" | "blocked" | "gone"
  /** What keeps a blocked pod. */
  readonly why?: string
  readonly left: number
}

const controllerOf = ({ metadata }: WirePod) => metadata?.ownerReferences?.find(({ controller }) => controller === true)

/** Pods that belong to the node itself come back wherever they are sent: they stay. */
const stays = (pod: WirePod): boolean =>
  pod.metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined ||
  controllerOf(pod)?.kind === "DaemonSet" ||
  pod.status?.phase === "Succeeded" ||
  pod.status?.phase === "Failed"

const nameOf = ({ metadata }: WirePod): string => `${metadata?.namespace}/${metadata?.name}`

const keepsData = ({ spec }: WirePod): boolean => spec?.volumes?.some(({ emptyDir }) => emptyDir != null) ?? false

const podsOn = (node: string) =>
  Effect.map(
    Stream.runCollect(
      list<WirePod>({
        operation: "nodes.drain",
        kind: "node",
        name: node,
        path: podsPath(undefined),
        query: { fieldSelector: `spec.nodeName=${node}` }
      })
    ),
    (pods) => pods.filter((pod) => !stays(pod))
  )

const refusal = (pods: ReadonlyArray<WirePod>, what: string, hint: string) =>
  because(
    new Failed({
      backend: "kubernetes",
      operation: "nodes.drain",
      detail: `${what}: ${pods.map(nameOf).join(", ")}`,
      hint
    })
  )

/** Why the node may not be emptied so, if it may not. */
const refusalOf = (pods: ReadonlyArray<WirePod>, { bare = "refuse", localData = "lose" }: DrainOptions) => {
  const lost = pods.filter((pod) => controllerOf(pod) === undefined)
  if (bare === "refuse" && lost.length > 0)
    return refusal(
      lost,
      "nobody would start these pods again",
      "delete them yourself, or run them as deployments or jobs"
    )
  const keeping = pods.filter(keepsData)
  return localData === "refuse" && keeping.length > 0
    ? refusal(keeping, "these pods keep data on the node", "save it elsewhere, or allow it to be lost")
    : undefined
}

/** Asks for one pod to leave; gives what keeps it, while a budget does. */
const evict = (pod: WirePod, { graceMs }: DrainOptions): Effect.Effect<string | undefined, ComputeError, Client> => {
  const { name = "", namespace = "default", uid } = pod.metadata ?? {}
  const grace = graceMs === undefined ? {} : { gracePeriodSeconds: Math.ceil(graceMs / 1000) }
  return Effect.flatMap(Client, (client) =>
    client.request({
      operation: "nodes.drain",
      kind: "pod",
      name,
      method: "POST",
      path: `${podsPath(namespace, name)}/eviction`,
      body: {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name, namespace },
        deleteOptions: { preconditions: { uid }, ...grace }
      }
    })
  ).pipe(
    Effect.as(undefined),
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.as(Effect.void, undefined)
    ),
    Effect.catchIf(
      ({ reason }) => reason._tag === "Stale" || reason._tag === "Throttled",
      ({ reason }) => Effect.succeed(reason.what)
    )
  )
}

const isGone = (pod: WirePod) => {
  const { name = "", namespace = "default", uid } = pod.metadata ?? {}
  return Effect.map(
    find<WirePod>({ operation: "nodes.drain", kind: "pod", name, path: podsPath(namespace, name) }),
    (now) => now === undefined || now.metadata?.uid !== uid
  )
}

const pace = "250 millis"
const deadlineUsualMs = 5 * 60_000

/** Evicts one pod as soon as its budgets let it go, and waits until it has left. */
const leave = Effect.fnUntraced(function* (
  pod: WirePod,
  options: DrainOptions,
  tell: (progress: Omit<DrainProgress, "pod" | "left">) => Effect.Effect<unknown>
) {
  let told = ""
  for (let why = yield* evict(pod, options); why !== undefined; why = yield* evict(pod, options)) {
    if (why !== told) yield* tell({ state: "blocked", why })
    told = why
    yield* Effect.sleep(pace)
  }
  yield* tell({ state: "leaving" })
  yield* waitUntil(isGone(pod), Number.POSITIVE_INFINITY)
  yield* tell({ state: "gone" })
})

/** What is left when the time is over. */
const tooLate = Effect.fnUntraced(function* (name: string, began: number) {
  const left = (yield* podsOn(name)).map(nameOf)
  const afterMs = (yield* Clock.currentTimeMillis) - began
  const detail = `the end of ${left.length} pods on ${name} (${left.join(", ")})`
  return yield* because(new TimedOut({ backend: "kubernetes", operation: "nodes.drain", detail, afterMs }))
})

/** Cordons a node and moves its pods away, telling what becomes of each. Refuses, before anything moves, what must not be lost. */
export const drainSteps = (name: string, options: DrainOptions = {}) =>
  Stream.callback<DrainProgress, ComputeError, Client>((queue) =>
    Effect.gen(function* () {
      const refused = refusalOf(yield* podsOn(name), options)
      if (refused !== undefined) return yield* refused
      yield* setSchedulable(name, false)
      const began = yield* Clock.currentTimeMillis
      const pods = yield* podsOn(name)
      let left = pods.length
      const moving = Effect.forEach(
        pods,
        (pod) =>
          leave(pod, options, (progress) => {
            if (progress.state === "gone") left--
            return Queue.offer(queue, { pod: nameOf(pod), ...progress, left })
          }),
        { concurrency: 20, discard: true }
      )
      yield* Effect.timeoutOrElse(moving, {
        duration: options.deadlineMs ?? deadlineUsualMs,
        orElse: () => tooLate(name, began)
      })
      return yield* Queue.end(queue)
    })
  )

/** The same, to its end. */
export const drain = Effect.fn("kubernetes.nodes.drain")((name: string, options: DrainOptions = {}) =>
  Stream.runDrain(drainSteps(name, options))
)
