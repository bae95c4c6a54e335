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

/** Archives consist of blocks of this size. */
export const blockBytes = 512

const types = { file: "0", directory: "5", link: "2" } as const

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`

interface Fields {
  readonly path: string
  readonly type: string
  readonly mode: number
  readonly sizeBytes: number
  readonly modifiedAtMs: number
  readonly target?: string
}

const block = ({ mode, modifiedAtMs, path, sizeBytes, target = "", type }: Fields): Buffer => {
  const header = Buffer.alloc(blockBytes)
  header.write(path, 0, 100)
  header.write(octal(mode & 0o7777, 8), 100)
  header.write(octal(0, 8), 108)
  header.write(octal(0, 8), 116)
  header.write(octal(sizeBytes, 12), 124)
  header.write(octal(Math.floor(modifiedAtMs / 1000), 12), 136)
  header.write("        ", 148)
  header.write(type, 156)
  header.write(target, 157, 100)
  header.write("ustar\u000000", 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
  return header
}

/** A record says its own length, digits included. */
const record = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  let length = bytes + String(bytes).length
  if (String(length).length > String(bytes).length) length = bytes + String(length).length
  return `${length}${rest}`
}

/** The zeros that fill the last block of so many bytes. */
export const padding = (sizeBytes: number): Buffer => Buffer.alloc((blockBytes - (sizeBytes % blockBytes)) % blockBytes)

/** Sizes from here on do not fit into a header's octal digits. */
const sizeMax = 8 ** 11

/** What stands before an entry's bytes. Long names and large files take an extended header, which all tars of today read. */
export const tarHeader = (entry: TarEntry): Buffer => {
  const path = entry.type === "directory" ? `${entry.path}/` : entry.path
  const records = [
    ...(Buffer.byteLength(path) > 100 ? [record("path", path)] : []),
    ...(Buffer.byteLength(entry.target ?? "") > 100 ? [record("linkpath", entry.target ?? "")] : []),
    ...(entry.sizeBytes >= sizeMax ? [record("size", String(entry.sizeBytes))] : [])
  ].join("")
  const sizeBytes = entry.sizeBytes >= sizeMax ? 0 : entry.sizeBytes
  const own = block({ ...entry, path, sizeBytes, type: types[entry.type] })
  if (records === "") return own
  const text = Buffer.from(records)
  const before = block({ path: "header", type: "x", mode: 0o644, sizeBytes: text.length, modifiedAtMs: 0 })
  return Buffer.concat([before, text, padding(text.length), own])
}

/** What ends an archive. */
export const tarEnd = Buffer.alloc(2 * blockBytes)

const textOf = (header: Buffer, from: number, length: number): string => {
  const field = header.subarray(from, from + length)
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? length : end).toString("utf8")
}

/** Octal digits, or, where the first bit says so, the number itself. */
const numberOf = (header: Buffer, from: number, length: number): number =>
  ((header[from] ?? 0) & 0x80) === 0
    ? Number.parseInt(textOf(header, from, length).trim() || "0", 8)
    : Number(header.readBigUInt64BE(from + length - 8))

/** An entry as its header says it; `kind` is the header's own letter. */
interface Header extends TarEntry {
  readonly kind: string
}

const readHeader = (header: Buffer): Header => {
  const kind = textOf(header, 156, 1) || "0"
  const prefix = textOf(header, 257, 5) === "ustar" ? textOf(header, 345, 155) : ""
  const path = `${prefix === "" ? "" : `${prefix}/`}${textOf(header, 0, 100)}`
  return {
    kind,
    path,
    type: kind === "5" ? "directory" : kind === "2" ? "link" : "file",
    mode: numberOf(header, 100, 8),
    sizeBytes: numberOf(header, 124, 12),
    modifiedAtMs: numberOf(header, 136, 12) * 1000,
    target: textOf(header, 157, 100)
  }
}

const readRecords = (text: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    const length = Number.parseInt(rest.subarray(0, rest.indexOf(32)).toString(), 10)
    if (!(length > 0)) break
    const [key = "", ...value] = rest
      .subarray(rest.indexOf(32) + 1, length - 1)
      .toString("utf8")
      .split("=")
    found.set(key, value.join("="))
    rest = rest.subarray(length)
  }
  return found
}

/** Bytes of a stream, so many at a time. */
const reader = (source: AsyncIterable<Uint8Array>) => {
  const chunks = source[Symbol.asyncIterator]()
  let have = Buffer.alloc(0)
  const more = async (): Promise<boolean> => {
    const next = await chunks.next()
    if (next.done === true) return false
    have = have.length === 0 ? Buffer.from(next.value) : Buffer.concat([have, next.value])
    return true
  }
  return {
    /** Exactly so many bytes; fewer only where the stream ends. */
    take: async (count: number): Promise<Buffer> => {
      while (have.length < count && (await more()));
      const taken = have.subarray(0, count)
      have = have.subarray(count)
      return taken
    },
    /** Whatever is there, at most so much. */
    some: async (most: number): Promise<Buffer> => {
      if (have.length === 0) await more()
      const taken = have.subarray(0, most)
      have = have.subarray(taken.length)
      return taken
    }
  }
}

/** Reads an archive entry by entry. `bytes` gives the entry's own, and must be read to its end before the next entry. */
export async function* readTar(source: AsyncIterable<Uint8Array>) {
  const { some, take } = reader(source)
  let extended: ReadonlyMap<string, string> = new Map()
  while (true) {
    const header = await take(blockBytes)
    if (header.length < blockBytes || header.every((byte) => byte === 0)) return
    const plain = readHeader(header)
    if (plain.kind === "x" || plain.kind === "L") {
      const text = (await take(plain.sizeBytes)).toString("utf8")
      await take(padding(plain.sizeBytes).length)
      extended = plain.kind === "x" ? readRecords(text) : new Map([["path", text.replace(/\0+$/, "")]])
      continue
    }
    const size = extended.get("size")
    const sizeBytes = size === undefined ? plain.sizeBytes : Number(size)
    const target = extended.get("linkpath") ?? plain.target ?? ""
    const path = (extended.get("path") ?? plain.path).replace(/^(\.?\/)+/, "").replace(/\/+$/, "")
    extended = new Map()
    const entry: TarEntry = {
      path,
      type: plain.type,
      mode: plain.mode,
      sizeBytes,
      modifiedAtMs: plain.modifiedAtMs,
      target
    }
    yield { entry, bytes: bytesOf(sizeBytes, some) }
    await take(padding(sizeBytes).length)
  }
}

async function* bytesOf(sizeBytes: number, some: (most: number) => Promise<Buffer>) {
  for (let left = sizeBytes; left > 0; ) {
    const part = await some(left)
    if (part.length === 0) throw new Error("the archive ends in the middle of a file")
    left -= part.length
    yield part
  }
}
