import { because, type ComputeError, Stale, Unavailable } from "@orrery/core"
import { Effect, Queue, Stream } from "effect"
import { type Call, Client } from "../Client.ts"
import { pages } from "./list.ts"
import type { WireObject } from "./wire.ts"

/** What became of the things of a list. `Synced` comes once, when all that was there in the beginning was told. */
export type Change<A> =
  | { readonly type: "Synced" }
  | { readonly type: "Set"; readonly object: A }
  | { readonly type: "Gone"; readonly object: A }

/** A watch that says nothing, not even a bookmark, for so long is taken for dead. The server marks every minute. */
const silenceMax = "90 seconds"
/** A stale version may be answered by an empty stream instead of 410: after so many in a row, all is read again. */
const emptyMax = 3
/** A watch that cannot be opened again so often in a row has failed. */
const failuresMax = 10
/** How long to leave the server alone after so many failures in a row. */
export const pauseMs = (failures: number): number => Math.min(10_000, 250 * 2 ** failures)

/** One line of a watch. */
interface WatchLine<A> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR"
  readonly object: A & { readonly code?: number; readonly message?: string }
}

/** What is known of the list, and how old that is; no version where all must be read again. */
interface Known<A> {
  readonly objects: Map<string, A>
  version: string | undefined
  /** Lines that the stream which is open, or was last, has told. */
  lines: number
}

const keyOf = ({ metadata }: WireObject): string => metadata?.uid ?? ""

const relist = <A extends WireObject>(call: Call, known: Known<A>, queue: Queue.Enqueue<Change<A>>) =>
  Effect.gen(function* () {
    const seen = new Set<string>()
    let version: string | undefined
    yield* Stream.runForEach(pages<A>(call), (page) =>
      Effect.gen(function* () {
        version = page.metadata.resourceVersion
        for (const object of page.items) {
          const key = keyOf(object)
          seen.add(key)
          const before = known.objects.get(key)?.metadata?.resourceVersion
          known.objects.set(key, object)
          if (before !== object.metadata?.resourceVersion) yield* Queue.offer(queue, { type: "Set", object })
        }
      })
    )
    // what went away while nobody looked is told by its absence only
    for (const [key, object] of known.objects) {
      if (seen.has(key)) continue
      known.objects.delete(key)
      yield* Queue.offer(queue, { type: "Gone", object })
    }
    // not before the last page: a list that broke off must be read again, not followed
    known.version = version
  })

/** A line of a watch; undefined where it broke off in the middle. */
const lineOf = <A>(text: string): WatchLine<A> | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Takes in what lines tell, in their order; ends at one that says, or shows, that the watch is over. */
const take = <A extends WireObject>(
  { operation }: Call,
  known: Known<A>,
  lines: ReadonlyArray<string>
): { readonly changes: Array<Change<A>>; readonly end?: ComputeError } => {
  const changes: Array<Change<A>> = []
  const at = { backend: "kubernetes", operation }
  for (const text of lines) {
    if (text === "") continue
    const line = lineOf<A>(text)
    if (line === undefined) return { changes, end: because(new Unavailable({ ...at, detail: "a line broke off" })) }
    const { object, type } = line
    if (type === "ERROR") {
      const detail = object.message ?? "watch error"
      // 410 inside of the stream asks for a new list; whatever else is said there is a failure
      const reason = object.code === 410 ? new Stale({ ...at, detail }) : new Unavailable({ ...at, detail })
      return { changes, end: because(reason) }
    }
    known.version = object.metadata?.resourceVersion
    if (type === "BOOKMARK") continue
    const key = keyOf(object)
    if (type === "DELETED") known.objects.delete(key)
    else known.objects.set(key, object)
    changes.push({ type: type === "DELETED" ? "Gone" : "Set", object })
  }
  return { changes }
}

/** Follows from the known version until the stream ends. */
const follow = <A extends WireObject>(call: Call, known: Known<A>, queue: Queue.Enqueue<Change<A>>) =>
  Effect.gen(function* () {
    const client = yield* Client
    known.lines = 0
    const query = { ...call.query, watch: true, allowWatchBookmarks: true, resourceVersion: known.version }
    yield* client.lines({ ...call, query }).pipe(
      Stream.timeout(silenceMax),
      Stream.runForEachArray((lines) => {
        known.lines += lines.length
        const { changes, end } = take(call, known, lines)
        const told = Queue.offerAll(queue, changes)
        return end === undefined ? told : Effect.andThen(told, Effect.fail(end))
      })
    )
  })

/**
 * Everything of a list, then every change, for ever: across closed, silent and expired watches. Fails when the server stays
 * away. A first list that fails is for the caller to ask for again, unless the watch is `patient`: one that joins another.
 */
export const watch = <A extends WireObject>(call: Call, { patient = false } = {}) =>
  Stream.callback<Change<A>, ComputeError, Client>((queue) =>
    Effect.gen(function* () {
      const known: Known<A> = { objects: new Map(), version: undefined, lines: 0 }
      let synced = false
      const read = Effect.gen(function* () {
        yield* relist(call, known, queue)
        if (!synced) yield* Queue.offer(queue, { type: "Synced" })
        synced = true
      })
      if (!patient) yield* read
      let empty = 0
      let failures = 0
      let stale = 0
      while (true) {
        const following = known.version !== undefined
        const outcome = yield* Effect.result(following ? follow(call, known, queue) : read)
        // a stream that told something was well until it ended, however that was
        if (following && known.lines > 0) empty = failures = stale = 0
        if (outcome._tag === "Failure") {
          const { _tag: tag } = outcome.failure.reason
          if (tag === "Stale") {
            known.version = undefined
            stale++
          } else if (outcome.failure.retry === "never" || ++failures > failuresMax) return yield* outcome.failure
        } else if (following && known.lines === 0 && ++empty >= emptyMax) known.version = undefined
        // the first stale version is nobody's fault; a server that calls every version stale is not to be stormed
        const pauses = failures + empty + Math.max(0, stale - 1)
        if (pauses > 0) yield* Effect.sleep(pauseMs(pauses))
      }
    })
  )
