import type { Problem } from "@orrery/core"

/** One thing wrong, where, and what to do about it. */
export const problem = (path: string, message: string, remedy: string): Problem => ({ path, message, remedy })

/** A problem where `isWrong`. */
export const problemIf = (isWrong: boolean, path: string, message: string, remedy: string): ReadonlyArray<Problem> =>
  isWrong ? [problem(path, message, remedy)] : []

const label = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
const subdomain = new RegExp(`^${label}(\\.${label})*$`)

/** What secrets, config maps, claims, classes and accounts may be called. */
export const ofObjectName = (path: string, name: string): ReadonlyArray<Problem> =>
  problemIf(
    name.length > 253 || !subdomain.test(name),
    path,
    `${JSON.stringify(name.slice(0, 60))} can be no object's name`,
    "write lower-case letters, digits, '-' and '.', at most 253"
  )

const qualified = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

/** What keys of labels and annotations look like. */
export const ofKey = (path: string, key: string): ReadonlyArray<Problem> =>
  problemIf(
    !qualified.test(key),
    path,
    `${JSON.stringify(key.slice(0, 60))} can be no key`,
    "write name or example.com/name, of letters, digits, '-', '_' and '.'"
  )

/** One text given to a program may be so long, its name and the zero at its end included. Linux sets it. */
const textBytesMax = 131_072

/** Text that a program is to be given: what would reach it changed, or not at all, is refused. */
export const ofText = (path: string, value: string): ReadonlyArray<Problem> => [
  ...problemIf(value.includes("\0"), path, "it contains a zero byte, where a program's text ends", "give it in a file"),
  ...problemIf(!value.isWellFormed(), path, "it contains half a character and would arrive changed", "encode it"),
  ...problemIf(
    Buffer.byteLength(value) >= textBytesMax,
    path,
    `it is longer than the ${textBytesMax} bytes that Linux lets a program be given at once`,
    "give it in a file: a secret or a config map, mounted"
  )
]

/** Things that must differ from each other. */
export const ofRepeated = (
  keys: ReadonlyArray<string>,
  pathOf: (index: number) => string,
  what: string
): ReadonlyArray<Problem> =>
  keys.flatMap((key, index) =>
    problemIf(keys.indexOf(key) < index, pathOf(index), `${what} ${key} is there twice`, "leave one of them out")
  )
