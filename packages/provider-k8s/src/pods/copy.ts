import { stat } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { PassThrough, type Readable } from "node:stream"
import { because, type ComputeError, Failed, type InNamespace, type Ref } from "@orrery/core"
import { Effect } from "effect"
import { bear } from "../objects/bear.ts"
import { collector } from "./buffers.ts"
import { attachTo } from "./exec.ts"
import { checksum, entriesBelow, pack, toEntry, unpack } from "./files.ts"
import type { TarEntry } from "./tar.ts"

/** What a copy leaves out, and where it goes. */
export interface CopyOptions {
  readonly container?: string
  /** Lines as in an ignore file, beside those of the directory itself. */
  readonly ignore?: ReadonlyArray<string>
}

/** How far a directory of the pod is to be like the one here. */
export interface SyncOptions extends CopyOptions {
  /** Removes files there that are not here; without it they stay. */
  readonly removeOthers?: boolean
}

/** What `sync` did. */
export interface Synced {
  readonly sent: ReadonlyArray<string>
  readonly removed: ReadonlyArray<string>
  readonly same: number
}

const failed = (operation: string, detail: string, hint: string): ComputeError =>
  because(new Failed({ backend: "kubernetes", operation, detail, hint }))

/** Something on this machine's disk; its failure is told as it is. */
const onDisk = <A>(operation: string, run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      failed(operation, cause instanceof Error ? cause.message : String(cause), "look at that path here")
  })

/** Runs a command in the pod that must succeed; gives its output. */
const inPod = Effect.fnUntraced(function* (
  operation: string,
  ref: InNamespace<Ref>,
  command: ReadonlyArray<string>,
  { container, stdin }: { readonly container?: string | undefined; readonly stdin?: Readable } = {}
) {
  const stdout = collector()
  const stderr = collector()
  const exitCode = yield* attachTo(ref, command, {
    stdout: stdout.stream,
    stderr: stderr.stream,
    ...(container === undefined ? {} : { container }),
    ...(stdin === undefined ? {} : { stdin })
  })
  if (exitCode === 0) return stdout.text()
  return yield* failed(
    operation,
    `${command[0]} in pod ${ref.name} ended with ${exitCode}: ${stderr.text().trim()}`,
    "the container needs sh, tar and sha256sum, and the right to write there"
  )
})

/** The directory is an argument and no part of the script: its name may hold anything. */
const receive = ["sh", "-c", 'mkdir -p "$1" && exec tar -xf - -C "$1"', "sh"]

const send = (
  operation: string,
  ref: InNamespace<Ref>,
  top: string,
  entries: ReadonlyArray<TarEntry>,
  to: string,
  container?: string
) =>
  entries.length === 0 ? Effect.void : inPod(operation, ref, [...receive, to], { container, stdin: pack(top, entries) })

const sums = 'cd "$1" 2>/dev/null || exit 0; find . -type f -exec sha256sum {} +'

/** The checksums of all files below a directory of the pod. */
const sumsIn = Effect.fnUntraced(function* (
  operation: string,
  ref: InNamespace<Ref>,
  directory: string,
  container?: string
) {
  const said = yield* inPod(operation, ref, ["sh", "-c", sums, "sh", directory], { container })
  const lines = said.split("\n").filter((line) => line !== "")
  return new Map(lines.map((line) => [line.slice(66).replace(/^\.\//, ""), line.slice(0, 64)]))
})

const sumsHere = (operation: string, top: string, entries: ReadonlyArray<TarEntry>) =>
  Effect.map(
    Effect.forEach(
      entries.filter(({ type }) => type === "file"),
      ({ path }) => onDisk(operation, async () => [path, await checksum(join(top, path))] as const),
      { concurrency: 4 }
    ),
    (pairs) => new Map(pairs)
  )

/** Fails where a file did not arrive as it was sent. */
const verify = Effect.fnUntraced(function* (
  operation: string,
  ref: InNamespace<Ref>,
  here: ReadonlyMap<string, string>,
  to: string,
  container?: string
) {
  // all was sent by now: a look that is lost is no reason to send it again
  const there = yield* bear(sumsIn(operation, ref, to, container))
  const wrong = [...here].filter(([path, sum]) => there.get(path) !== sum).map(([path]) => path)
  if (wrong.length > 0)
    return yield* failed(
      operation,
      `${wrong.length} files are not the same in pod ${ref.name}: ${wrong.slice(0, 5).join(", ")}`,
      "copy again; if it stays so, look whether the pod has room or something else writes there"
    )
})

const single = async (file: string): Promise<ReadonlyArray<TarEntry>> => {
  const entry = await toEntry(basename(file), file)
  return entry === undefined ? [] : [entry]
}

/** Sends a file or a directory's content into a directory of the pod, and compares checksums. */
export const copyTo = Effect.fn("kubernetes.copyTo")(function* (
  ref: InNamespace<Ref>,
  from: string,
  to: string,
  { container, ignore = [] }: CopyOptions = {}
) {
  const isDirectory = (yield* onDisk("copyTo", () => stat(from))).isDirectory()
  const top = isDirectory ? from : dirname(from)
  const entries = yield* onDisk("copyTo", () => (isDirectory ? entriesBelow(top, ignore) : single(from)))
  yield* send("copyTo", ref, top, entries, to, container)
  yield* verify("copyTo", ref, yield* sumsHere("copyTo", top, entries), to, container)
  return entries.filter(({ type }) => type === "file").length
})

/** Brings what a directory of the pod holds into a directory here; gives the number of files. */
export const copyFrom = Effect.fn("kubernetes.copyFrom")(function* (
  ref: InNamespace<Ref>,
  from: string,
  to: string,
  { container }: Pick<CopyOptions, "container"> = {}
) {
  const archive = new PassThrough()
  const stderr = collector()
  const placing = onDisk("copyFrom", () => unpack(archive, to))
  const sending = attachTo(ref, ["tar", "-cf", "-", "-C", from, "."], {
    stdout: archive,
    stderr: stderr.stream,
    ...(container === undefined ? {} : { container })
  }).pipe(Effect.ensuring(Effect.sync(() => archive.end())))
  const [files, exitCode] = yield* Effect.all([placing, sending], { concurrency: 2 })
  if (exitCode === 0) return files
  return yield* failed("copyFrom", `tar in pod ${ref.name}: ${stderr.text().trim()}`, "look whether that path is there")
})

/** So many names go into one command. */
const namesMax = 500

const remove = (ref: InNamespace<Ref>, directory: string, paths: ReadonlyArray<string>, container?: string) =>
  Effect.forEach(
    Array.from({ length: Math.ceil(paths.length / namesMax) }, (_, part) =>
      paths.slice(part * namesMax, (part + 1) * namesMax)
    ),
    (names) =>
      inPod("sync", ref, ["sh", "-c", 'cd "$1" && shift && exec rm -f -- "$@"', "sh", directory, ...names], {
        container
      }),
    { discard: true }
  )

/** Brings a directory of the pod up to one here: sends only what differs, and compares all of it in the end. */
export const sync = Effect.fn("kubernetes.sync")(function* (
  ref: InNamespace<Ref>,
  from: string,
  to: string,
  { container, ignore = [], removeOthers = false }: SyncOptions = {}
) {
  const entries = yield* onDisk("sync", () => entriesBelow(from, ignore))
  const here = yield* sumsHere("sync", from, entries)
  const there = yield* sumsIn("sync", ref, to, container)
  const changed = entries.filter(({ path, type }) => type !== "file" || there.get(path) !== here.get(path))
  const removed = removeOthers ? [...there.keys()].filter((path) => !here.has(path)).toSorted() : []
  yield* send("sync", ref, from, changed, to, container)
  yield* remove(ref, to, removed, container)
  yield* verify("sync", ref, here, to, container)
  const sent = changed.filter(({ type }) => type === "file").map(({ path }) => path)
  const result: Synced = { sent, removed, same: here.size - sent.length }
  return result
})
