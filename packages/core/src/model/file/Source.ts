import { Result } from "effect"
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments
} from "yaml"
import type { Problem } from "../Problem.ts"
import { excerpt } from "./excerpt.ts"

/** Where something stands in a file; both count from one. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** One key of a map with its value, and where the key stands. */
export interface Entry {
  readonly key: string
  readonly at: Position
  readonly value: Located
}

/** What a file says, each part with its place. `text` is a scalar as it was written, so that 1.6 stays 1.6 and 1.0 stays 1.0. */
export type Located = { readonly at: Position /** Nodes in here, aliases followed. */; readonly size: number } & (
  | { readonly kind: "scalar"; readonly text: string; readonly value: string | number | boolean | null }
  | { readonly kind: "map"; readonly entries: ReadonlyArray<Entry> }
  | { readonly kind: "list"; readonly items: ReadonlyArray<Located> }
)

/** Bounds on what is read at all, so that a hostile file costs no more than a long one. */
export const fileLimits = { characters: 4_000_000, depth: 64, nodes: 200_000 } as const

/** Reads the documents of a YAML 1.2 stream or JSON. Repeated keys are kept for the reader to name; anything else that is no YAML is a problem here. */
export const parseSource = (
  text: string,
  file: string
): Result.Result<readonly [Located, ...ReadonlyArray<Located>], ReadonlyArray<Problem>> => {
  if (text.length > fileLimits.characters)
    return Result.fail([{ path: "", file, message: `the file has more than ${fileLimits.characters} characters` }])
  const lines = new LineCounter()
  const parsing = Result.try(() =>
    parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, logLevel: "error" })
  )
  const documents: ReadonlyArray<Document> = Result.isSuccess(parsing) ? parsing.success : []
  const faults = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])
  if (Result.isFailure(parsing) || faults.some(({ message }) => message.startsWith(stackMessage)))
    return Result.fail([{ path: "", file, message: `nested more than ${fileLimits.depth} deep` }])
  const locate = (offset: number): Position => {
    const { col, line } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems: Array<Problem> = faults.map(({ code, message, pos }) => ({
    path: "",
    file,
    ...locate(pos[0]),
    message: firstLine(message),
    ...(code === "TAB_AS_INDENT" ? { remedy: "indent with spaces; YAML allows no tabs there" } : {})
  }))
  if (problems.length > 0) return Result.fail(problems)
  const roots = documents.map(({ contents }) => convert(contents, 0, { locate, anchors: new Map(), problems, file }))
  if (problems.length > 0) return Result.fail(problems)
  const [first = empty({ line: 1, column: 1 }), ...more] = roots
  return Result.succeed([first, ...more])
}

/** How the YAML library reports that it ran out of stack: as one error for each level. */
const stackMessage = "Maximum call stack"

interface Conversion {
  readonly locate: (offset: number) => Position
  readonly anchors: Map<string, Located>
  readonly problems: Array<Problem>
  readonly file: string
}

const firstLine = (message: string): string => {
  const [line = ""] = message.split("\n")
  return `${line.charAt(0).toLowerCase()}${line.slice(1)}`
}

const empty = (at: Position): Located => ({ kind: "scalar", text: "", value: null, at, size: 1 })

/** An alias shares its anchor's value, which must stand before it; so nothing can contain itself. */
const convert = (node: Node | ParsedNode | null, depth: number, state: Conversion): Located => {
  const at = state.locate(node?.range?.[0] ?? 0)
  const complain = (message: string): Located => {
    state.problems.push({ path: "", file: state.file, ...at, message })
    return empty(at)
  }
  if (depth > fileLimits.depth) return complain(`nested more than ${fileLimits.depth} deep`)
  if (node === null) return empty(at)
  if (isAlias(node)) return state.anchors.get(node.source) ?? complain(`there is no anchor &${node.source} before this`)
  const located = isMap(node)
    ? mapOf(node.items, depth, at, state)
    : isSeq(node)
      ? listOf(
          node.items.map((item) => convert(item as Node | null, depth + 1, state)),
          at
        )
      : isScalar(node)
        ? scalarOf(node.value, node.source, node.type, at)
        : complain("this is neither a map, a list nor a value")
  const bounded =
    located.size > fileLimits.nodes ? complain(`this expands to more than ${fileLimits.nodes} values`) : located
  if (node.anchor !== undefined) state.anchors.set(node.anchor, bounded)
  return bounded
}

const sizeOf = (parts: ReadonlyArray<Located>): number => parts.reduce((sum, { size }) => sum + size, 1)

const listOf = (items: ReadonlyArray<Located>, at: Position): Located => ({
  kind: "list",
  items,
  at,
  size: sizeOf(items)
})

const scalarOf = (value: unknown, source: string | undefined, type: string | undefined, at: Position): Located => {
  const kept =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null
      ? value
      : String(value)
  const text = typeof kept === "string" ? kept : type === "PLAIN" && source !== undefined ? source : String(kept ?? "")
  return { kind: "scalar", text, value: kept, at, size: 1 }
}

const mapOf = (
  pairs: ReadonlyArray<{ readonly key: unknown; readonly value: unknown }>,
  depth: number,
  at: Position,
  state: Conversion
): Located => {
  const entries = pairs.map((pair): Entry => {
    const key = convert(pair.key as Node | null, depth + 1, state)
    if (key.kind !== "scalar")
      state.problems.push({ path: "", file: state.file, ...key.at, message: "a key must be a word" })
    const value = convert(pair.value as Node | null, depth + 1, state)
    const missing = pair.value === null || value.at.line === 0
    return {
      key: key.kind === "scalar" ? key.text : excerpt(key),
      at: key.at,
      value: missing ? { ...value, at: key.at } : value
    }
  })
  return { kind: "map", entries, at, size: sizeOf(entries.map(({ value }) => value)) }
}
