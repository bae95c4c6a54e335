/** What a job runs. */
interface Command {
  readonly program: string
  readonly args: ReadonlyArray<string>
  /** `NAME=value`, each. */
  readonly environment: ReadonlyArray<string>
}

/**
 * Line ends above all: a submit description is made of lines, and its strings know no escape for them. The other is the escape
 * for a dollar itself, which is expanded however often it is escaped.
 */
const isUncarried = (word: string): boolean => /\p{Cc}|\$\(dollar\)/iu.test(word)

const encoded = (word: string): string =>
  word.replace(/[\\$\p{Cc}]/gu, (found) => {
    const octal = (found.codePointAt(0) ?? 0).toString(8).padStart(3, "0")
    return found === "\\" ? "\\\\" : `\\0${octal}`
  })

/** Decodes its words one after the other and becomes the program they name. The x keeps line ends at a word's end. */
const decoder =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the braces are the shell's
  'n=$#; while [ $n -gt 0 ]; do w=$(printf %bx "$1"); shift; set -- "$@" "${w%x}"; n=$((n-1)); done; exec "$@"'

/** A command as HTCondor can carry it. One with words that it cannot goes through a shell that decodes them. */
export const carried = (words: ReadonlyArray<string>, environment: ReadonlyArray<string>): Command => {
  const [program = "", ...args] = words
  const hard = environment.filter(isUncarried)
  if (hard.length === 0 && !words.some(isUncarried)) return { program, args, environment }
  const all = [...(hard.length === 0 ? [] : ["env", ...hard]), ...words]
  return {
    program: "/bin/sh",
    args: ["-c", decoder, "sh", ...all.map(encoded)],
    environment: environment.filter((variable) => !isUncarried(variable))
  }
}
