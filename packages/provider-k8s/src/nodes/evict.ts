import type { ComputeError } from "@orrery/core"
import { Effect } from "effect"
import { Client } from "../Client.ts"
import { podsPath } from "../objects/paths.ts"
import type { WirePod } from "../objects/wire.ts"
import type { DrainOptions } from "./DrainOptions.ts"

/** Asks for one pod to leave; gives what keeps it, while a budget does. */
export const evict = (
  pod: WirePod,
  { graceMs }: DrainOptions
): Effect.Effect<string | undefined, ComputeError, Client> => {
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
