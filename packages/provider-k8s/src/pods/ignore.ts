import ignore from "ignore"

/** Reads an ignore file as git does: the last line that fits decides. Asked about a path below the file's own directory. */
export const ignoreRules = (text: string): ((path: string, isDirectory: boolean) => boolean) => {
  const rules = ignore().add(text)
  return (path, isDirectory) => rules.ignores(isDirectory ? `${path}/` : path)
}
