import type { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { extract, type Header, type Pack, pack } from "tar-stream"

/** One entry of a tar archive. */
export interface TarEntry {
  /** With slashes, relative, without a leading `./`. */
  readonly path: string
  readonly type: "file" | "directory" | "link"
  readonly mode: number
  readonly sizeBytes: number
  readonly modifiedAtMs: number
  /** Where a link leads. */
  readonly target?: string
}

const headerOf = ({ mode, modifiedAtMs, path, sizeBytes, target, type }: TarEntry) => ({
  name: path,
  type: type === "link" ? ("symlink" as const) : type,
  mode: mode & 0o7777,
  mtime: new Date(modifiedAtMs),
  size: sizeBytes,
  ...(target === undefined ? {} : { linkname: target })
})

const entryOf = ({ linkname, mode, mtime, name, size, type }: Header): TarEntry => ({
  path: name.replace(/^(\.?\/)+/, "").replace(/\/+$/, ""),
  type: type === "directory" ? "directory" : type === "symlink" ? "link" : "file",
  mode,
  sizeBytes: size,
  modifiedAtMs: mtime.getTime(),
  target: linkname ?? ""
})

const fill = async (
  archive: Pack,
  entries: ReadonlyArray<TarEntry>,
  contentOf: (entry: TarEntry) => AsyncIterable<Uint8Array>
): Promise<void> => {
  for (const entry of entries) {
    const place = archive.entry(headerOf(entry))
    if (entry.type === "file" && entry.sizeBytes > 0) await pipeline(contentOf(entry), place)
    else place.end(null)
  }
  archive.finalize()
}

/** These entries as one archive, each file with its content, which must be as large as its entry says. */
export async function* packTar(
  entries: ReadonlyArray<TarEntry>,
  contentOf: (entry: TarEntry) => AsyncIterable<Uint8Array>
): AsyncGenerator<Uint8Array> {
  const archive = pack({})
  const filling = fill(archive, entries, contentOf).catch((cause: Error) => archive.destroy(cause))
  yield* archive as AsyncIterable<Uint8Array>
  await filling
}

/** Node's own streams wait for ever for one of another kind that breaks off, but not for its iteration. */
async function* iterated(bytes: AsyncIterable<Uint8Array>, whole: Promise<void>) {
  try {
    yield* bytes
  } catch (cause) {
    // the reason, where there is one, is told by the whole
    await whole
    throw cause
  }
}

/** Reads an archive entry by entry. `bytes` gives the entry's own, and must be read to its end before the next entry. */
export async function* readTar(source: Readable) {
  const archive = extract()
  const reading = pipeline(source, archive)
  // what fails there fails here, too
  reading.catch(() => undefined)
  for await (const bytes of archive) {
    yield { entry: entryOf(bytes.header), bytes: iterated(bytes as AsyncIterable<Uint8Array>, reading) }
    bytes.resume()
  }
  await reading
}
