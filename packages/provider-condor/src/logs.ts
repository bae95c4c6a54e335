import { type ComputeError, isOver, type JobStatus, type LogLine, type LogOptions } from "@orrery/core"
import { Effect, Stream } from "effect"
import type { Client } from "./Client.ts"
import { folderOf } from "./submitText.ts"

type Reader = Client["Service"]

/** How much of a file is read at once. */
const chunkBytes = 1 << 20

/** A file that a job prints to. */
interface Source {
  readonly folder: string
  readonly file: string
  readonly name: string
}

/** The files a job prints to, task by task. */
const sourcesOf = ({ spec }: JobStatus): ReadonlyArray<Source> =>
  Array.from({ length: spec.completions }, (_, index) => index).flatMap((index) =>
    (["out", "err"] as const).map((kind) => ({
      folder: folderOf(spec),
      file: `${kind}.${index}`,
      name: `${spec.name}-${index}`
    }))
  )

interface Chunk {
  readonly lines: ReadonlyArray<LogLine>
  /** Where the next chunk begins. */
  readonly next: number
}

/** Whole lines of what was read; at the end of a file the rest counts as one, too. */
const linesOf = (bytes: Uint8Array, { name }: Source, from: number, atEnd: boolean): Chunk => {
  const end = atEnd ? bytes.length : bytes.lastIndexOf(10) + 1
  const text = new TextDecoder().decode(bytes.subarray(0, end))
  const parts = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n")
  return { lines: text === "" ? [] : parts.map((line) => ({ source: name, text: line })), next: from + end }
}

/** The next lines of a file. A line longer than what is read at once is read again, with more. */
const readOn = (
  client: Reader,
  source: Source,
  from: number,
  ended: boolean,
  bytesMax = chunkBytes
): Effect.Effect<Chunk, ComputeError> =>
  Effect.flatMap(client.read(source.folder, source.file, from, bytesMax), (bytes) => {
    const isRest = bytes.length < bytesMax
    const chunk = linesOf(bytes, source, from, ended && isRest)
    return chunk.next === from && !isRest ? readOn(client, source, from, ended, bytesMax * 2) : Effect.succeed(chunk)
  })

/** All of a file as it is now, chunk by chunk. */
const chunks = (client: Reader, source: Source, ended: boolean): Stream.Stream<Chunk, ComputeError> =>
  Stream.unfold(0, (from) =>
    Effect.map(readOn(client, source, from, ended), (chunk) =>
      chunk.next === from ? undefined : ([chunk, chunk.next] as const)
    )
  )

/** What a job has printed until now. */
export const printed = (client: Reader, job: JobStatus, { tail }: LogOptions): Stream.Stream<LogLine, ComputeError> =>
  Stream.fromIterable(tail === 0 ? [] : sourcesOf(job)).pipe(
    Stream.flatMap((source) => {
      const lines = chunks(client, source, true).pipe(
        Stream.map((chunk) => chunk.lines),
        Stream.flattenIterable
      )
      return tail === undefined ? lines : Stream.takeRight(lines, tail)
    })
  )

/** What a job prints, until it is over and all of it was read. */
export const follow = (
  client: Reader,
  look: Effect.Effect<JobStatus, ComputeError>,
  paceMs: number,
  { tail }: LogOptions
): Stream.Stream<LogLine, ComputeError> => {
  const start: Position = { offsets: {}, isDone: false, isBehind: true, tail }
  return Stream.unfold(start, (position) =>
    position.isDone ? Effect.undefined : round(client, look, paceMs, position)
  ).pipe(Stream.flattenIterable)
}

interface Position {
  readonly offsets: Readonly<Record<string, number>>
  readonly isDone: boolean
  /** There was more than one chunk of some file. */
  readonly isBehind: boolean
  /** How many lines of what was there before to begin with; undefined for all, and after the first round. */
  readonly tail: number | undefined
}

/** One pass over all files. The job is looked at first, so that nothing it printed before its end is missed. */
const round = Effect.fnUntraced(function* (
  client: Reader,
  look: Effect.Effect<JobStatus, ComputeError>,
  paceMs: number,
  { isBehind: wasBehind, offsets, tail }: Position
) {
  if (!wasBehind) yield* Effect.sleep(paceMs)
  const job = yield* look
  const isOverNow = isOver(job.state)
  const next: Record<string, number> = { ...offsets }
  const lines: Array<LogLine> = []
  let isBehind = false
  for (const source of sourcesOf(job)) {
    const from = offsets[source.file] ?? 0
    const chunk =
      tail === undefined
        ? yield* readOn(client, source, from, isOverNow)
        : yield* lastLines(client, source, isOverNow, tail)
    for (const line of chunk.lines) lines.push(line)
    next[source.file] = chunk.next
    isBehind ||= chunk.next > from
  }
  return [lines, { offsets: next, isDone: isOverNow && !isBehind, isBehind, tail: undefined }] as const
})

const lastLines = (client: Reader, source: Source, ended: boolean, tail: number): Effect.Effect<Chunk, ComputeError> =>
  chunks(client, source, ended).pipe(
    Stream.runFold(
      (): Chunk => ({ lines: [], next: 0 }),
      (all, { lines, next }) => ({ lines: tail === 0 ? [] : [...all.lines, ...lines].slice(-tail), next })
    )
  )
