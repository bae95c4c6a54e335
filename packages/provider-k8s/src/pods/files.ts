import { createHash } from "node:crypto"
import { createReadStream, createWriteStream } from "node:fs"
import { lstat, mkdir, readdir, readFile, readlink, realpath, symlink, utimes } from "node:fs/promises"
import { dirname, join, relative, resolve, sep } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { ignoreRules } from "./ignore.ts"
import { packTar, readTar, type TarEntry } from "./tar.ts"

/** Names of the files that say what is not to be sent. */
const ignoreFiles = [".gitignore", ".ktignore"]

/** Says of a path below the top whether it stays here. */
export type Ignored = (path: string, isDirectory: boolean) => boolean

const ignoresIn = async (directory: string): Promise<Ignored> => {
  const texts = await Promise.all(ignoreFiles.map((name) => readFile(join(directory, name), "utf8").catch(() => "")))
  return ignoreRules(texts.join("\n"))
}

/** One path as an entry; undefined for what has no content that could be sent. */
export const toEntry = async (path: string, file: string): Promise<TarEntry | undefined> => {
  const stat = await lstat(file)
  const common = { path: path.split(sep).join("/"), mode: stat.mode, modifiedAtMs: Math.floor(stat.mtimeMs) }
  if (stat.isDirectory()) return { ...common, type: "directory", sizeBytes: 0 }
  if (stat.isSymbolicLink()) return { ...common, type: "link", sizeBytes: 0, target: await readlink(file) }
  // sockets, pipes and devices are no content
  return stat.isFile() ? { ...common, type: "file", sizeBytes: stat.size } : undefined
}

/** All entries below a directory, sorted, without what ignore files and `more` name. */
export const entriesBelow = async (top: string, more: ReadonlyArray<string> = []): Promise<ReadonlyArray<TarEntry>> => {
  const given = ignoreRules(more.join("\n"))
  const found: Array<TarEntry> = []
  const visit = async (directory: string, above: ReadonlyArray<readonly [string, Ignored]>): Promise<void> => {
    const ignores = [...above, [directory, await ignoresIn(directory)] as const]
    const names = (await readdir(directory)).toSorted()
    for (const name of names) {
      const file = join(directory, name)
      const entry = await toEntry(relative(top, file), file)
      if (entry === undefined) continue
      const isDirectory = entry.type === "directory"
      const within = (from: string): string => relative(from, file).split(sep).join("/")
      if (name === ".git" || given(entry.path, isDirectory)) continue
      if (ignores.some(([from, ignored]) => ignored(within(from), isDirectory))) continue
      found.push(entry)
      if (isDirectory) await visit(file, ignores)
    }
  }
  await visit(top, [])
  return found
}

/** A file's content, which is to be as long as its entry has promised. */
async function* contentOf(file: string, sizeBytes: number) {
  let sent = 0
  for await (const chunk of createReadStream(file, { end: sizeBytes - 1 })) {
    sent += (chunk as Buffer).length
    yield chunk as Buffer
  }
  if (sent < sizeBytes) throw new Error(`${file} became shorter while it was read`)
}

/** These entries as one archive. */
export const pack = (top: string, entries: ReadonlyArray<TarEntry>): Readable =>
  Readable.from(packTar(entries, ({ path, sizeBytes }) => contentOf(join(top, path), sizeBytes)))

/** Whether a path stays below a directory, links on its way included. */
const staysBelow = async (top: string, file: string): Promise<boolean> => {
  const inside = (path: string): boolean => path === top || path.startsWith(`${top}${sep}`)
  if (!inside(resolve(file))) return false
  return inside(await realpath(dirname(file)))
}

const place = async (
  top: string,
  { entry, bytes }: { entry: TarEntry; bytes: AsyncIterable<Uint8Array> }
): Promise<void> => {
  const file = join(top, entry.path)
  const modified = entry.modifiedAtMs / 1000
  if (!resolve(file).startsWith(`${top}${sep}`)) throw new Error(`${entry.path} would lie outside of ${top}`)
  await mkdir(dirname(file), { recursive: true })
  if (!(await staysBelow(top, file))) throw new Error(`${entry.path} leads out of ${top} by a link`)
  if (entry.type === "directory") {
    await mkdir(file, { recursive: true })
    return
  }
  if (entry.type === "link") {
    await symlink(entry.target ?? "", file)
    return
  }
  await pipeline(bytes, createWriteStream(file, { mode: entry.mode & 0o777 }))
  await utimes(file, modified, modified)
}

/** Lays an archive out below a directory, and nowhere else: an archive made by somebody else may name any path. */
export const unpack = async (source: Readable, directory: string): Promise<number> => {
  await mkdir(directory, { recursive: true })
  const top = await realpath(directory)
  let files = 0
  for await (const item of readTar(source)) {
    if (item.entry.path === "") continue
    await place(top, item)
    if (item.entry.type === "file") files++
  }
  return files
}

/** The SHA-256 of a file. */
export const checksum = async (file: string): Promise<string> => {
  const hash = createHash("sha256")
  await pipeline(createReadStream(file), hash)
  return hash.digest("hex")
}
