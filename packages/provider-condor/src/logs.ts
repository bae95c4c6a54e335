import { type ComputeError, isOver, type JobStatus, type LogLine, type LogOptions } from "@orrery/core"
import { Effect, Stream } from "effect"
import type { Client } from "./Client.ts"
import { folderOf } from "./submitText.ts"

type Reader = Client["Service"]

/** The files a job prints to, task by task. */
const filesOf = ({ spec }: JobStatus): ReadonlyArray<{ readonly file: string; readonly source: string }> =>
  Array.from({ length: spec.completions }, (_, index) => index).flatMap((index) =>
    (["out", "err"] as const).map((kind) => ({ file: `${kind}.${index}`, source: `${spec.name}-${index}` }))
  )

/** Splits what was read into whole lines; at the end of a file the rest counts as one, too. */
const linesOf = (
  bytes: Uint8Array,
  source: string,
  ended: boolean
): { readonly lines: ReadonlyArray<LogLine>; readonly used: number } => {
  const end = ended ? bytes.length : bytes.lastIndexOf(10) + 1
  const text = new TextDecoder().decode(bytes.subarray(0, end))
  const parts = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n")
  return { lines: text === "" ? [] : parts.map((line) => ({ source, text: line })), used: end }
}

/** What a job has printed until now. */
export const printed = (client: Reader, job: JobStatus, { tail }: LogOptions): Stream.Stream<LogLine, ComputeError> =>
  Stream.fromIterable(filesOf(job)).pipe(
    Stream.mapEffect(({ file, source }) =>
      Effect.map(client.read(folderOf(job.spec), file, 0), (bytes) => {
        const { lines } = linesOf(bytes, source, true)
        return tail === undefined ? lines : tail === 0 ? [] : lines.slice(-tail)
      })
    ),
    Stream.flattenIterable
  )

/** What a job prints, until it is over and all of it was read. */
export const follow = (
  client: Reader,
  look: Effect.Effect<JobStatus, ComputeError>,
  paceMs: number,
  { tail }: LogOptions
): Stream.Stream<LogLine, ComputeError> =>
  Stream.unfold({ offsets: {} as Readonly<Record<string, number>>, over: false, first: true }, (state) =>
    state.over ? Effect.succeed(undefined) : round(client, look, paceMs, tail, state)
  ).pipe(Stream.flattenIterable)

interface Position {
  readonly offsets: Readonly<Record<string, number>>
  readonly over: boolean
  readonly first: boolean
}

/** One pass over all files. The job is looked at first, so that nothing it printed before its end is missed. */
const round = Effect.fnUntraced(function* (
  client: Reader,
  look: Effect.Effect<JobStatus, ComputeError>,
  paceMs: number,
  tail: number | undefined,
  { first, offsets }: Position
) {
  if (!first) yield* Effect.sleep(paceMs)
  const job = yield* look
  const over = isOver(job.state)
  const next: Record<string, number> = { ...offsets }
  const lines: Array<LogLine> = []
  for (const { file, source } of filesOf(job)) {
    const from = offsets[file] ?? 0
    const { lines: found, used } = linesOf(yield* client.read(folderOf(job.spec), file, from), source, over)
    lines.push(...(first && tail !== undefined ? (tail === 0 ? [] : found.slice(-tail)) : found))
    next[file] = from + used
  }
  return [lines, { offsets: next, over, first: false }] as const
})
