import type { Problem } from "@orrery/core"
import { Data, Runtime } from "effect"

/** What was given cannot be used. Nothing was done; the command ends with 2. */
export class InputError extends Data.TaggedError("InputError")<{ readonly problems: ReadonlyArray<Problem> }> {
  override readonly [Runtime.errorExitCode] = 2
}

/** One thing wrong with the command line itself. */
export const badInput = (message: string, remedy?: string): InputError =>
  new InputError({ problems: [{ path: "", message, ...(remedy === undefined ? {} : { remedy }) }] })

/** A problem as compilers print them, so that editors can jump to it. */
export const printProblem = ({ column, file, line, message, path, remedy }: Problem): string => {
  const place = file === undefined ? "" : `${[file, line, column].filter((part) => part !== undefined).join(":")}: `
  return `${place}${path === "" ? "" : `${path}: `}${message}${remedy === undefined ? "" : `\n    ${remedy}`}`
}
