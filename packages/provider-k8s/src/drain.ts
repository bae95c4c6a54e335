import { because, type ComputeError, Failed, TimedOut } from "@orrery/core"
import { Clock, Effect, Stream } from "effect"
import { Client } from "./Client.ts"
import { list } from "./list.ts"
import { setSchedulable } from "./nodes.ts"
import { podsPath } from "./paths.ts"
import { find } from "./stored.ts"
import type { WirePod } from "./wire.ts"

const controllerOf = ({ metadata }: WirePod) => metadata?.ownerReferences?.find(({ controller }) => controller === true)

/** Pods that belong to the node itself come back wherever they are sent: they stay. */
const stays = (pod: WirePod): boolean =>
  pod.metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined ||
  controllerOf(pod)?.kind === "DaemonSet" ||
  pod.status?.phase === "Succeeded" ||
  pod.status?.phase === "Failed"

const nameOf = ({ metadata }: WirePod): string => `${metadata?.namespace}/${metadata?.name}`

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

/** Asks for one pod to leave. False while a budget keeps it. */
const evict = (pod: WirePod): Effect.Effect<boolean, ComputeError, Client> => {
  const { name = "", namespace = "default", uid } = pod.metadata ?? {}
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
        deleteOptions: { preconditions: { uid } }
      }
    })
  ).pipe(
    Effect.as(true),
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.succeed(true)
    ),
    Effect.catchIf(
      ({ reason }) => reason._tag === "Stale" || reason._tag === "Throttled",
      () => Effect.succeed(false)
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
const leave = Effect.fnUntraced(function* (pod: WirePod) {
  while (!(yield* evict(pod))) yield* Effect.sleep(pace)
  while (!(yield* isGone(pod))) yield* Effect.sleep(pace)
})

/** Cordons a node and moves its pods away. Refuses, before anything moves, where a pod would not come back. */
export const drain = Effect.fn("kubernetes.nodes.drain")(function* (
  name: string,
  { deadlineMs = deadlineUsualMs }: { readonly deadlineMs?: number } = {}
) {
  const bare = (yield* podsOn(name)).filter((pod) => controllerOf(pod) === undefined)
  if (bare.length > 0)
    return yield* because(
      new Failed({
        backend: "kubernetes",
        operation: "nodes.drain",
        detail: `nobody would start these pods again: ${bare.map(nameOf).join(", ")}`,
        hint: "delete them yourself, or run them as deployments or jobs"
      })
    )
  yield* setSchedulable(name, false)
  const began = yield* Clock.currentTimeMillis
  const moving = Effect.flatMap(podsOn(name), (pods) => Effect.forEach(pods, leave, { concurrency: 20, discard: true }))
  yield* Effect.timeoutOrElse(moving, {
    duration: deadlineMs,
    orElse: () =>
      Effect.gen(function* () {
        const left = (yield* podsOn(name)).map(nameOf)
        const afterMs = (yield* Clock.currentTimeMillis) - began
        const detail = `the end of ${left.length} pods on ${name} (${left.join(", ")})`
        return yield* because(new TimedOut({ backend: "kubernetes", operation: "nodes.drain", detail, afterMs }))
      })
  })
})
