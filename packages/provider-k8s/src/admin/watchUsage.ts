import { pollChanges } from "@orrery/core"
import { Effect, Stream } from "effect"
import { Client } from "../Client.ts"
import { listNodes } from "../nodes/nodes.ts"
import { type Above, heedUsage, type UsageLimits, type UsageLook } from "./heedUsage.ts"
import { nodeUsage } from "./usage.ts"

/** What is heeded, and how often it is looked at. */
export interface WatchUsage extends UsageLimits {
  /** Where left out, as often as a metrics server usually measures. */
  readonly everyMs?: number
}

const usualMs = 15_000

const look = Effect.gen(function* () {
  const nodes = yield* Stream.runCollect(listNodes(undefined, "watchUsage"))
  const result: UsageLook = { nodes, usage: yield* nodeUsage }
  return result
})

/** Nodes that are above a limit now, then each that comes above or is below again, for ever. */
export const watchUsage = ({ everyMs = usualMs, ...limits }: WatchUsage = {}) =>
  Stream.unwrap(
    Effect.map(Client, (client) =>
      pollChanges<UsageLook, UsageLook>({
        backend: "kubernetes",
        operation: "watchUsage",
        kind: "measurement",
        name: "nodes",
        read: Effect.provideService(look, Client, client),
        changes: (_before, after) => (after === undefined ? [] : [after]),
        everyMs
      }).pipe(
        Stream.mapAccum(
          (): Above => new Map(),
          (above, now) => heedUsage(above, now, limits)
        )
      )
    )
  )
