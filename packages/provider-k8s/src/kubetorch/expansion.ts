const reference = /\\\$|\$([A-Za-z_][A-Za-z0-9_]*)|\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g

/** Whether a value names other variables, as `$NAME` or `${NAME}`. A dollar written `\$` names none. */
export const hasReference = (value: string): boolean =>
  [...value.matchAll(reference)].some(([, plain, braced]) => (plain ?? braced) !== undefined)

/** A value that names no variable, as it is to arrive: `\$` stands for a dollar. */
export const unescaped = (value: string): string => value.replaceAll("\\$", "$")

/** One word that a shell takes as it is. */
export const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/**
 * The shell line that sets a variable from others. The shell does it, not Kubernetes: Kubernetes' own `$(NAME)` cannot
 * see what the image sets, so `$PATH` would stay as text. A name that is set nowhere stays as it is written. Nothing
 * but names is expanded: the rest of the value is quoted, so that no value can run a command.
 */
export const exportLine = (name: string, value: string): string => {
  let line = ""
  let end = 0
  for (const match of value.matchAll(reference)) {
    line += literal(value.slice(end, match.index))
    line += expanded(match[0], match[1] ?? match[2])
    end = match.index + match[0].length
  }
  return `export ${name}=${line}${literal(value.slice(end))}`
}

const literal = (text: string): string => (text === "" ? "" : quoted(text))

const expanded = (written: string, name: string | undefined): string =>
  name === undefined ? "'$'" : `"\${${name}-${written.replace("$", "\\$").replace("}", "\\}")}}"`
