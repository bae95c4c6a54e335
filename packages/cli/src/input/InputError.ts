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

/** Whoever has more mistakes than this in a file learns nothing from the rest. */
const shownMax = 100

/** All that is wrong, as far as a person reads it. */
export const printProblems = (problems: ReadonlyArray<Problem>): string => {
  const left = problems.length - shownMax
  const lines = problems.slice(0, shownMax).map(printProblem)
  return (left > 0 ? [...lines, `and ${left} more problem${left === 1 ? "" : "s"}`] : lines).join("\n")
}
