/**
 * A text as a ClassAd string in the syntax of submit descriptions and of the tools' constraints, where a backslash stands for
 * itself unless a quote follows: nothing in it can end the string. It must not end in a backslash, nor hold a line end.
 */
export const quote = (text: string): string => `"${text.replace(/"/g, '\\"')}"`

/** Names a submit description and an ad take as an attribute. */
export const isAttributeName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)

/** A list of words in HTCondor's own quoting: blanks and quotes inside single quotes, single quotes doubled. */
export const words = (list: ReadonlyArray<string>): string =>
  list.map((word) => (word === "" || /[\s'"\\]/.test(word) ? `'${word.replace(/'/g, "''")}'` : word)).join(" ")

/** Constraints joined by "and", each kept whole in its own parentheses. */
export const all = (constraints: ReadonlyArray<string>): string => constraints.map((one) => `(${one})`).join(" && ")
