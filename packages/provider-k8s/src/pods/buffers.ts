import { Readable, Writable } from "node:stream"

/** A stream that keeps what is written to it. */
export const collector = () => {
  const chunks: Array<Buffer> = []
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(Buffer.from(chunk))
      done()
    }
  })
  return { stream, text: () => Buffer.concat(chunks).toString("utf8") }
}

/** What fits into one message of a WebSocket. */
const chunkBytes = 64 * 1024

/** Text as a stream of pieces that can be sent one by one. */
export const inChunks = (text: string): Readable => {
  const bytes = Buffer.from(text)
  return Readable.from(
    Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
      bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)
    )
  )
}
