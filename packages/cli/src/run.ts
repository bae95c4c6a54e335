import { ComputeError } from "@orrery/core"
import { Cause, Console, Effect, Exit, Runtime } from "effect"
import { CliError, Command } from "effect/cli"
import { app } from "./app.ts"
import { InputError, printProblems } from "./input/InputError.ts"
import { presented } from "./presenter.ts"

/** What the command ends with. */
export const exitCodes = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const

const report = (error: unknown): Effect.Effect<void> => {
  if (error instanceof InputError) return Console.error(printProblems(error.problems))
  if (error instanceof ComputeError)
    return Console.error(
      error.reason._tag === "InvalidInput"
        ? printProblems(error.reason.problems)
        : `error: ${error.message}\n    ${error.remedy}`
    )
  if (CliError.isCliError(error)) return Effect.void
  return Console.error(`error: ${error instanceof Error ? error.message : String(error)}`)
}

/** Runs the command with these arguments; says what went wrong on the standard error. */
export const run = (args: ReadonlyArray<string>) =>
  presented(Command.runWith(app, { version: "0.1.0" })(args)).pipe(
    Effect.tapCause((cause) => (Cause.hasInterruptsOnly(cause) ? Effect.void : report(Cause.squash(cause))))
  )

/** The number that tells a shell how it went. */
export const exitCodeOf = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return exitCodes.done
  if (Cause.hasInterruptsOnly(exit.cause)) return exitCodes.interrupted
  const error = Cause.squash(exit.cause)
  if (CliError.isCliError(error))
    return error._tag === "ShowHelp" && error.errors.length === 0 ? exitCodes.done : exitCodes.badInput
  return typeof error === "object" && error !== null && Runtime.errorExitCode in error
    ? Number(error[Runtime.errorExitCode])
    : exitCodes.failed
}
