/** What the parser of JSON takes without a word, and we do not. */
export interface JsonFault {
  /** The key that is given twice; undefined where it is nested too deep. */
  readonly key: string | undefined
  readonly offset: number
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g
/** Deeper than any object, and as deep as is read without running out of stack. */
const depthMax = 1000

/** The first key of well-formed JSON that its map has already, or the place from which it is nested too deep. */
export const jsonFault = (text: string): JsonFault | undefined => {
  const open: Array<Set<string>> = []
  let [before, offset] = ["", 0]
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === "{" || token === "[") {
      open.push(new Set())
      if (open.length > depthMax) return { key: undefined, offset: index }
    } else if (token === "}" || token === "]") open.pop()
    else if (token === ":") {
      const keys = open.at(-1)
      if (keys?.has(before) === true) return { key: JSON.parse(before) as string, offset }
      keys?.add(before)
    } else [before, offset] = [token, index]
  }
  return undefined
}
