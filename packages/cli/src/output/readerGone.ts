import { Data, Effect, Runtime } from "effect"

/** What shells know a program by that was ended because nobody reads what it prints. */
const endedByPipe = 141

/** Whoever read what we print has gone, as `head` does when it has seen enough. */
export class ReaderGone extends Data.TaggedError("ReaderGone") {
  override readonly [Runtime.errorExitCode] = endedByPipe
}

/** Fails once nobody reads the standard output any more. It is listened to until the process ends, as writes end late. */
export const readerGone: Effect.Effect<never, ReaderGone> = Effect.callback((resume) => {
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    resume(error.code === "EPIPE" ? Effect.fail(new ReaderGone()) : Effect.die(error))
  )
})
