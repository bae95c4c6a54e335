import type { ComputeError, LogLine, LogOptions } from "@orrery/core"
import { Effect, Queue, Stream } from "effect"
import { type Call, Client } from "../Client.ts"
import { podsPath } from "../objects/paths.ts"
import { find } from "../objects/stored.ts"
import { pauseMs, watch } from "../objects/watch.ts"
import { timeMs, type WirePod } from "../objects/wire.ts"

/** One container of one pod. */
interface Source {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** The pod's name, with the container's where there are several. */
  readonly label: string
}

const sourcesOf = ({ metadata, spec }: WirePod): ReadonlyArray<Source> => {
  const containers = spec?.containers ?? []
  const pod = metadata?.name ?? ""
  return containers.map(({ name }) => ({
    namespace: metadata?.namespace ?? "default",
    pod,
    container: name,
    label: containers.length === 1 ? pod : `${pod}/${name}`
  }))
}

interface Line {
  readonly stamp: string
  readonly line: LogLine
}

const stamped = /^(\d{4}-\d\d-\d\dT\S+) ?(.*)$/s
const toLine = (label: string, text: string): Line => {
  const [, stamp, rest] = stamped.exec(text) ?? []
  return stamp === undefined || rest === undefined
    ? { stamp: "", line: { source: label, text } }
    : { stamp, line: { source: label, text: rest, atMs: timeMs(stamp) } }
}

const callOf = ({ container, namespace, pod }: Source, query: NonNullable<Call["query"]>): Call => ({
  operation: "logs",
  kind: "pod",
  name: pod,
  path: `${podsPath(namespace, pod)}/log`,
  query: { container, timestamps: true, ...query }
})

const read = (source: Source, query: NonNullable<Call["query"]>) =>
  Stream.unwrap(Effect.map(Client, (client) => client.lines(callOf(source, query)))).pipe(
    Stream.map((text) => toLine(source.label, text))
  )

const asked = ({ previous, sinceMs, tail }: LogOptions): NonNullable<Call["query"]> => ({
  ...(tail === undefined ? {} : { tailLines: tail }),
  ...(sinceMs === undefined ? {} : { sinceSeconds: Math.max(1, Math.ceil(sinceMs / 1000)) }),
  ...(previous === undefined ? {} : { previous })
})

/** A container that has not started, or was not restarted, has printed nothing: the server calls that a bad request. */
const printedNothing = ({ reason }: ComputeError): boolean =>
  reason._tag === "InvalidInput" || reason._tag === "NotFound"

/** What was printed until now. */
export const readLogs = <E, R>(pods: Stream.Stream<WirePod, E, R>, options: LogOptions) =>
  pods.pipe(
    Stream.flatMap((pod) => Stream.fromIterable(sourcesOf(pod))),
    Stream.flatMap((source) =>
      read(source, asked(options)).pipe(
        Stream.map(({ line }) => line),
        Stream.catchIf(printedNothing, () => Stream.empty)
      )
    )
  )

/** A source that cannot be read so often in a row has failed. */
const failuresMax = 10

const isEnded = (pod: WirePod | undefined, container: string): boolean => {
  if (pod === undefined || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") return true
  const state = pod.status?.containerStatuses?.find(({ name }) => name === container)?.state
  return pod.metadata?.deletionTimestamp !== undefined && state?.terminated !== undefined
}

/** One container's lines across its restarts, until its pod ends. */
const followSource = (source: Source, options: LogOptions) =>
  Stream.callback<LogLine, ComputeError, Client>((queue) =>
    Effect.gen(function* () {
      let last = ""
      let failures = 0
      const { namespace, pod } = source
      const look = find<WirePod>({ operation: "logs", kind: "pod", name: pod, path: podsPath(namespace, pod) })
      while (true) {
        const resumed = last === "" ? asked(options) : { sinceTime: `${last.slice(0, 19)}Z` }
        const reading = Stream.runForEach(read(source, { ...resumed, follow: true }), ({ line, stamp }) => {
          // the server resumes at whole seconds: what was given already comes again
          if (stamp !== "" && stamp <= last) return Effect.void
          last = stamp === "" ? last : stamp
          failures = 0
          return Queue.offer(queue, line)
        })
        const silent = Effect.catchIf(reading, printedNothing, () => Effect.void)
        const outcome = yield* Effect.result(Effect.andThen(silent, look))
        if (outcome._tag === "Success") {
          if (isEnded(outcome.success, source.container)) return yield* Queue.end(queue)
        } else if (outcome.failure.retry === "never" || ++failures > failuresMax) return yield* outcome.failure
        yield* Effect.sleep(pauseMs(failures))
      }
    })
  )

/** What is to be followed: the pods of one owner, and the moment when no more will come. */
export interface Followed {
  readonly namespace: string
  readonly query: NonNullable<Call["query"]>
  readonly ended: Effect.Effect<unknown, ComputeError, Client>
}

/** Lines as they are written, of all pods that come and go, until the owner ends and its last pod is silent. */
export const followLogs = ({ ended, namespace, query }: Followed, options: LogOptions) =>
  Stream.suspend(() => {
    const seen = new Set<string>()
    let late = false
    const call: Call = { operation: "logs", kind: "pod", name: "", path: podsPath(namespace), query }
    // whoever came at the very end is told by a last look
    const lastLook = Stream.takeUntil(watch<WirePod>(call, { patient: true }), ({ type }) => type === "Synced")
    return Stream.interruptWhen(watch<WirePod>(call), ended).pipe(
      Stream.concat(lastLook),
      Stream.flatMap((change) => {
        if (change.type === "Synced") late = true
        const uid = change.type === "Set" ? change.object.metadata?.uid : undefined
        if (change.type !== "Set" || uid === undefined || seen.has(uid)) return Stream.empty
        seen.add(uid)
        // who comes later has said nothing yet: all of it is new, whatever was asked of those who were there
        const theirs = late ? {} : options
        return Stream.fromIterable(sourcesOf(change.object).map((source) => followSource(source, theirs)))
      }),
      Stream.flatten({ concurrency: "unbounded" })
    )
  })
