import type { SchemaAST } from "effect"
import { shapeOf } from "./Shape.ts"
import type { Located, Position } from "./Source.ts"

/** One part of a path as an issue gives it. */
export const keyOf = (part: PropertyKey | { readonly key: PropertyKey }): string | number => {
  const key = typeof part === "object" ? part.key : part
  return typeof key === "number" ? key : String(key)
}

/** A place in a file, and the path to it as the file spells it. */
export interface Found {
  readonly at: Position
  readonly steps: ReadonlyArray<string | number>
}

/** Where a path of field names leads to in the file: the last part of it that is written there. */
export const locate = (ast: SchemaAST.AST, node: Located, path: ReadonlyArray<string | number>): Found => {
  const [key, ...rest] = path
  const shape = shapeOf(ast)
  if (key === undefined) return { at: node.at, steps: [] }
  if (shape.kind === "list" && node.kind === "list" && typeof key === "number") {
    const item = node.items[key]
    return item === undefined ? { at: node.at, steps: path } : within(key, locate(shape.item, item, rest))
  }
  if (shape.kind === "record" && node.kind === "map") {
    const entry = node.entries.find((one) => one.key === key)
    return entry === undefined ? { at: node.at, steps: path } : within(key, locate(shape.value, entry.value, rest))
  }
  const field = shape.kind === "struct" ? shape.fields.find(({ name }) => name === key) : undefined
  if (field === undefined || node.kind !== "map") return { at: node.at, steps: path }
  const entry = node.entries.find((one) => one.key === field.key || one.key === field.name)
  return entry === undefined
    ? { at: node.at, steps: [field.key, ...rest] }
    : within(field.key, locate(field.ast, entry.value, rest))
}

const within = (key: string | number, { at, steps }: Found): Found => ({ at, steps: [key, ...steps] })
