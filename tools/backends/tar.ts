/** One entry of a tar archive. */
export interface TarEntry {
  readonly name: string
  readonly kind: "file" | "dir" | "link"
  readonly mode: number
  readonly data?: Buffer
  readonly target?: string
}

const block = 512
const typeFlags = { file: "0", link: "2", dir: "5" } as const

/** The entry's header (ustar, owned by root, of the year 1970) and its padded content. */
export const tarEntry = (entry: TarEntry): Buffer => {
  const data = entry.data ?? Buffer.alloc(0)
  const header = Buffer.alloc(block)
  const octal = (value: number, at: number, width: number) =>
    header.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, "latin1")
  header.write(entry.name, 0, 100, "utf8")
  octal(entry.mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(data.length, 124, 12)
  octal(0, 136, 12)
  header.write(" ".repeat(8), 148, "latin1") // the sum is taken over blanks in its own place
  header.write(typeFlags[entry.kind], 156, "latin1")
  header.write(entry.target ?? "", 157, 100, "utf8")
  header.write("ustar\x0000", 257, "latin1")
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1")
  return Buffer.concat([header, data, Buffer.alloc((block - (data.length % block)) % block)])
}

/** Entries as one archive, with the two empty blocks that end it. */
export const tarFile = (entries: ReadonlyArray<Buffer>): Buffer => Buffer.concat([...entries, Buffer.alloc(2 * block)])
