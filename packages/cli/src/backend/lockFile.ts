import { randomUUID } from "node:crypto"
import { Clock, Console, Effect, FileSystem, type PlatformError, type Scope } from "effect"
import { badInput, type InputError } from "../input/InputError.ts"

/** How often to look whether the other is done, when to say that we wait, and when to give up. */
const everyMs = 100
const quietMs = 1000
const patienceMs = 300_000

/** A number may be given to another process once its owner has died, even to this one: the second word tells them apart. */
const me = { pid: process.pid, run: randomUUID() }

interface Owner {
  readonly pid: number
  readonly run: string
}

const isAlive = ({ pid, run }: Owner): boolean => {
  if (pid === me.pid) return run === me.run
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // somebody else's process is alive, too
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** Whether a failure says that the file was there already. */
const isTaken = ({ reason }: PlatformError.PlatformError): boolean => reason._tag === "AlreadyExists"

/**
 * Keeps everybody else off `file` for as long as the scope lasts. The lock lies beside it and says whose it is, so that
 * one whose owner has died is taken over.
 */
export const lockFile = (
  file: string
): Effect.Effect<void, InputError | PlatformError.PlatformError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const lock = `${file}.lock`
    const since = yield* Clock.currentTimeMillis
    let isSaid = false
    while (!(yield* Effect.uninterruptible(claim(files, lock)))) {
      const owner = yield* ownerOf(files, lock)
      if (owner === undefined) continue
      if (!isAlive(owner) && (yield* Effect.uninterruptible(removeStale(files, lock, owner)))) continue
      const waitedMs = (yield* Clock.currentTimeMillis) - since
      if (waitedMs > patienceMs)
        return yield* badInput(
          `${file} is in use by process ${owner.pid}`,
          `end that one, or remove ${lock} if it is none of yours`
        )
      if (waitedMs > quietMs && !isSaid) {
        isSaid = true
        yield* Console.error(`sim: waiting for process ${owner.pid}, which is at work on ${file}`)
      }
      yield* Effect.sleep(everyMs)
    }
  })

/** Takes the lock where nobody has it, until the scope ends. It appears with its owner's number in it. */
const claim = (files: FileSystem.FileSystem, lock: string) =>
  Effect.gen(function* () {
    const mine = `${lock}.${me.run}`
    yield* files.writeFileString(mine, `${me.pid} ${me.run}`)
    const isMine = yield* files.link(mine, lock).pipe(
      Effect.as(true),
      Effect.catchIf(isTaken, () => Effect.succeed(false)),
      Effect.ensuring(Effect.ignore(files.remove(mine)))
    )
    if (isMine) yield* Effect.addFinalizer(() => Effect.ignore(files.remove(lock)))
    return isMine
  })

/** Whose the lock is; `undefined` where it is gone meanwhile. */
const ownerOf = (files: FileSystem.FileSystem, lock: string) =>
  files.readFileString(lock).pipe(
    Effect.map((text): Owner => {
      const [pid = "", run = ""] = text.split(" ")
      return { pid: Number(pid), run }
    }),
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.undefined
    )
  )

/** Removes a lock that a dead process left. Only one of several that see it may, so that nobody removes the next one's. */
const removeStale = Effect.fnUntraced(function* (files: FileSystem.FileSystem, lock: string, { run }: Owner) {
  const right = `${lock}.after-${run}`
  const isOurs = yield* files.makeDirectory(right).pipe(
    Effect.as(true),
    Effect.catchIf(isTaken, () => Effect.succeed(false))
  )
  if (isOurs)
    yield* Effect.ensuring(
      Effect.gen(function* () {
        if ((yield* ownerOf(files, lock))?.run === run) yield* files.remove(lock)
      }),
      Effect.ignore(files.remove(right, { recursive: true }))
    )
  return isOurs
})
