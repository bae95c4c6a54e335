import type { ComputeError } from "@orrery/core"
import { Effect, Stream } from "effect"
import type { Client } from "../Client.ts"
import { list } from "../objects/list.ts"
import { eventsPath } from "../objects/paths.ts"
import { timeMs, type WireEvent } from "../objects/wire.ts"

/** Something that the cluster says happened to a thing. */
export interface HappenedTo {
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly warning: boolean
  readonly reason: string
  readonly message: string
  /** How often it happened, `atMs` being the last time. */
  readonly count: number
  readonly atMs: number
}

/** An event in our words. */
export const fromEvent = (event: WireEvent): HappenedTo => ({
  kind: event.involvedObject?.kind ?? "",
  name: event.involvedObject?.name ?? "",
  uid: event.involvedObject?.uid ?? "",
  warning: event.type === "Warning",
  reason: event.reason ?? "",
  message: event.message ?? "",
  count: event.series?.count ?? event.count ?? 1,
  atMs: timeMs(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? "")
})

/** Events of a namespace that fit a field selector; none for whoever may not read them. */
export const eventsWhere = (operation: string, namespace: string, fieldSelector?: string) =>
  list<WireEvent>({
    operation,
    kind: "event",
    name: "",
    path: eventsPath(namespace),
    query: { fieldSelector }
  }).pipe(Stream.catchIf(mayNotRead, () => Stream.empty))

const mayNotRead = ({ reason }: ComputeError): boolean => reason._tag === "Forbidden"

/** What happened to these things, the oldest first. */
export const eventsOf = (
  operation: string,
  namespace: string,
  uids: ReadonlySet<string>
): Effect.Effect<ReadonlyArray<HappenedTo>, ComputeError, Client> =>
  Effect.map(Stream.runCollect(eventsWhere(operation, namespace)), (found) =>
    found
      .map(fromEvent)
      .filter(({ uid }) => uids.has(uid))
      .toSorted((a, b) => a.atMs - b.atMs)
  )
