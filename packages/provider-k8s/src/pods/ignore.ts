/** One line of an ignore file. */
interface Rule {
  readonly pattern: RegExp
  readonly onlyDirectories: boolean
  readonly takeBack: boolean
}

const special = /[.+^$(){}|\\]/g

/** One part of a path: `*` and `?` stay within it. */
const segment = (written: string): string =>
  written
    .replace(/\[!/g, "[^")
    .split(/(\[[^\]]*\])/)
    .map((part) =>
      part.startsWith("[") ? part : part.replace(special, "\\$&").replace(/\*/g, "[^/]*").replace(/\?/g, "[^/]")
    )
    .join("")

/** A pattern with a slash in it is meant from the top; one without means that name at any depth. */
const expression = (path: string): RegExp => {
  const parts = path.replace(/^\//, "").split("/")
  const text = parts
    .map((part, index) => {
      const last = index === parts.length - 1
      if (part === "**") return last ? ".*" : "(?:.*/)?"
      return segment(part) + (last ? "" : "/")
    })
    .join("")
  return new RegExp(`^${path.includes("/") ? "" : "(?:.*/)?"}${text}$`)
}

const toRule = (line: string): ReadonlyArray<Rule> => {
  const written = line.replace(/\r$/, "").replace(/(?<!\\) +$/, "")
  if (written === "" || written.startsWith("#")) return []
  const takeBack = written.startsWith("!")
  const path = takeBack ? written.slice(1) : written
  return [{ pattern: expression(path.replace(/\/$/, "")), onlyDirectories: path.endsWith("/"), takeBack }]
}

/** Reads an ignore file as git does: the last line that fits decides. Asked about a path below the file's own directory. */
export const ignoreRules = (text: string): ((path: string, isDirectory: boolean) => boolean) => {
  const rules = text.split("\n").flatMap(toRule)
  return (path, isDirectory) => {
    const last = rules.findLast(
      ({ onlyDirectories, pattern }) => (isDirectory || !onlyDirectories) && pattern.test(path)
    )
    return last !== undefined && !last.takeBack
  }
}
