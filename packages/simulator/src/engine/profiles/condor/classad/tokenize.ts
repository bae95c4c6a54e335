/** One word of an expression, with the place it starts at. */
export interface Token {
  readonly kind: "integer" | "real" | "string" | "name" | "sign" | "end"
  readonly text: string
  readonly at: number
}

const blank = /[ \t\r\n]+/y
const real = /(?:\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)/y
const integer = /(?:0[xX][0-9a-fA-F]+|\d+)(?:[bBkKmMgGtT](?![A-Za-z0-9_]))?/y
const name = /[A-Za-z_][A-Za-z0-9_]*/y
const sign = /(?:=\?=|=!=|>>>|\|\||&&|==|!=|<=|>=|<<|>>|\?:|[-+*/%<>!~&|^?:()[\]{},.;=])/y
const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" }

const match = (pattern: RegExp, source: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}

/** Reads the quoted text that starts at `at`; gives its content and the place after the closing quote. */
const quoted = (source: string, at: number): { readonly text: string; readonly end: number } => {
  const quote = source[at]
  let text = ""
  for (let i = at + 1; i < source.length; i++) {
    const c = source[i] as string
    if (c === quote) return { text, end: i + 1 }
    if (c !== "\\") {
      text += c
      continue
    }
    const octal = match(/(?:[0-3]?[0-7]{1,2})/y, source, i + 1)
    if (octal !== undefined) {
      text += String.fromCharCode(Number.parseInt(octal, 8))
      i += octal.length
    } else {
      const next = source[++i] ?? ""
      text += escapes[next] ?? next
    }
  }
  throw new SyntaxError(`ClassAd: the text that starts at ${at} has no end`)
}

/** Splits an expression into its words. Throws a SyntaxError that names the place of a character nobody knows. */
export const tokenize = (source: string): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  const kinds = [
    ["real", real],
    ["integer", integer],
    ["name", name],
    ["sign", sign]
  ] as const
  let at = 0
  while (at < source.length) {
    const space = match(blank, source, at)
    if (space !== undefined) {
      at += space.length
      continue
    }
    const c = source[at]
    if (c === '"' || c === "'") {
      const { text, end } = quoted(source, at)
      tokens.push({ kind: c === '"' ? "string" : "name", text, at })
      at = end
      continue
    }
    const found = kinds
      .map(([kind, pattern]) => ({ kind, text: match(pattern, source, at) }))
      .find((m) => m.text !== undefined)
    if (found?.text === undefined) throw new SyntaxError(`ClassAd: unexpected ${JSON.stringify(c)} at ${at}`)
    tokens.push({ kind: found.kind, text: found.text, at })
    at += found.text.length
  }
  tokens.push({ kind: "end", text: "", at })
  return tokens
}
