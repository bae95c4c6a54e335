import { Effect, FileSystem, Stdio, Stream } from "effect"
import { fileTrouble } from "./fileTrouble.ts"
import { badInput, InputError } from "./InputError.ts"

/** Bounds on what is read at all: a pipe may never end, and neither may what looks like a file. */
export const textBytesMax = 64_000_000

const tooLong = (path: string): InputError =>
  badInput(`${path} has more than ${textBytesMax} bytes`, "give less at once; several files may be named")

/** The line of the first byte that is no UTF-8: all before it decodes. */
const lineOfFault = (bytes: Buffer): number => {
  const [decoded = ""] = bytes.toString("utf8").split("\uFFFD")
  return decoded.split("\n").length
}

/** Bytes as text. What is no UTF-8 would otherwise become other names than were written. */
const decode = (path: string, bytes: Buffer) =>
  Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () =>
      new InputError({
        problems: [
          {
            path: "",
            file: path,
            line: lineOfFault(bytes),
            message: "this is no UTF-8",
            remedy: "save the file as UTF-8"
          }
        ]
      })
  })

/** The text of a file; `-` is the standard input. */
export const readText = Effect.fnUntraced(function* (path: string) {
  const { stdin } = yield* Stdio.Stdio
  const files = yield* FileSystem.FileSystem
  const source =
    path === "-"
      ? Stream.mapError(stdin, () => badInput("the standard input cannot be read"))
      : Stream.mapError(files.stream(path), (error) => badInput(`${path} cannot be read: ${fileTrouble(error)}`))
  const chunks: Array<Uint8Array> = []
  let length = 0
  yield* Stream.runForEach(source, (chunk) => {
    chunks.push(chunk)
    length += chunk.byteLength
    return length > textBytesMax ? Effect.fail(tooLong(path === "-" ? "the standard input" : path)) : Effect.void
  })
  return yield* decode(path, Buffer.concat(chunks))
})
