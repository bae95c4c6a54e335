import { because, type ComputeError, Failed } from "@orrery/core"
import { Effect, FileSystem, Result, Schema } from "effect"
import { fileTrouble } from "../input/fileTrouble.ts"
import { badInput, InputError } from "../input/InputError.ts"
import { lockFile } from "./lockFile.ts"

/** One call that was made of a simulated backend. */
const Call = Schema.Struct({ operation: Schema.String, args: Schema.Array(Schema.Unknown) })
export type Call = typeof Call.Type

/** All there is to know of a simulated world: it comes from its seed and from what was asked of it, in that order. */
const Session = Schema.Struct({ version: Schema.Literal(1), seed: Schema.Int, calls: Schema.Array(Call) })
export type Session = typeof Session.Type

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Session), { onExcessProperty: "error" })

const damaged = (file: string): InputError =>
  new InputError({
    problems: [
      {
        path: "",
        file,
        message: "this is no state of a simulated backend, or it was damaged",
        remedy: "name another file, or remove this one to begin anew"
      }
    ]
  })

/** The session that a file keeps; a new one from `seed` where there is no such file yet. */
const readSession = Effect.fnUntraced(function* (file: string, seed: number) {
  const files = yield* FileSystem.FileSystem
  const text = yield* files.readFileString(file).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.undefined
    ),
    Effect.mapError((error) => badInput(`${file} cannot be read: ${fileTrouble(error)}`))
  )
  if (text === undefined) return { version: 1, seed, calls: [] } satisfies Session
  return yield* Effect.fromResult(Result.mapError(decode(text), () => damaged(file)))
})

/** The same, for us alone as long as the scope lasts: two commands at once go one after the other. */
export const lockedSession = Effect.fnUntraced(function* (file: string, seed: number) {
  yield* Effect.catchTag(lockFile(file), "PlatformError", (error) =>
    Effect.fail(
      badInput(`${file} cannot be kept: ${fileTrouble(error)}`, "name a file in a folder that can be written to")
    )
  )
  return yield* readSession(file, seed)
})

/** Keeps a session in a file that only its owner may read, as it may hold secrets; an interrupted write leaves the old one. */
export const writeSession = (
  files: FileSystem.FileSystem,
  file: string,
  session: Session
): Effect.Effect<void, ComputeError> =>
  files.writeFileString(`${file}.new`, `${JSON.stringify(session)}\n`, { mode: 0o600 }).pipe(
    Effect.andThen(files.rename(`${file}.new`, file)),
    Effect.mapError((error) =>
      because(
        new Failed({
          backend: "sim",
          operation: "state",
          detail: `${file} cannot be written: ${fileTrouble(error)}`,
          hint: "the call was made in a world that nobody will see again; make the file writable and repeat it"
        })
      )
    )
  )
