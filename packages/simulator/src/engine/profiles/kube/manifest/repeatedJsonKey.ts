const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g

/** The first key that a map of well-formed JSON has twice, of which the parser would silently take the last. */
export const repeatedJsonKey = (text: string): { readonly key: string; readonly offset: number } | undefined => {
  const open: Array<Set<string>> = []
  let [before, offset] = ["", 0]
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === "{" || token === "[") open.push(new Set())
    else if (token === "}" || token === "]") open.pop()
    else if (token === ":") {
      const keys = open.at(-1)
      if (keys?.has(before) === true) return { key: JSON.parse(before) as string, offset }
      keys?.add(before)
    } else [before, offset] = [token, index]
  }
  return undefined
}
