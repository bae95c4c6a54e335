import { Effect, FileSystem, Path } from "effect"
import { fileTrouble } from "./fileTrouble.ts"
import { badInput } from "./InputError.ts"

const isOurs = (name: string): boolean => /\.(ya?ml|json)$/.test(name)

/** The files that a directory holds itself, by name; of anything else the path as it is, so that reading it says what is wrong. */
export const filesIn = Effect.fnUntraced(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const { join } = yield* Path.Path
  const found = yield* Effect.option(files.stat(path))
  if (path === "-" || found._tag === "None" || found.value.type !== "Directory") return [path]
  const names = yield* Effect.mapError(files.readDirectory(path), (error) =>
    badInput(`${path} cannot be read: ${fileTrouble(error)}`)
  )
  const ours = names.filter(isOurs).toSorted()
  return ours.length === 0
    ? yield* badInput(`${path} holds no file that ends in .yaml, .yml or .json`)
    : ours.map((name) => join(path, name))
})
