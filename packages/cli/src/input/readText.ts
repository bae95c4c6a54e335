import { Effect, FileSystem, Stdio, Stream } from "effect"
import { fileTrouble } from "./fileTrouble.ts"
import { badInput } from "./InputError.ts"

/** The text of a file; `-` is the standard input. */
export const readText = Effect.fnUntraced(function* (path: string) {
  if (path === "-") {
    const stdio = yield* Stdio.Stdio
    return yield* stdio.stdin.pipe(
      Stream.decodeText(),
      Stream.mkString,
      Effect.mapError(() => badInput("the standard input cannot be read"))
    )
  }
  const files = yield* FileSystem.FileSystem
  return yield* files
    .readFileString(path)
    .pipe(Effect.mapError((error) => badInput(`${path} cannot be read: ${fileTrouble(error)}`)))
})
