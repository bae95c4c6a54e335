import type { SchemaAST } from "effect"
import { allowedBy, type Field, literalsOf, shapeOf } from "./Shape.ts"
import type { Entry, Located } from "./Source.ts"

/** Whether a member of a choice is of the kind that was written. */
export const fits = (member: SchemaAST.AST, node: Located): boolean => {
  const { kind } = shapeOf(member)
  switch (kind) {
    case "anything":
      return true
    case "scalar":
      return node.kind === "scalar"
    case "list":
      return node.kind === "list"
    default:
      return node.kind === "map"
  }
}

/** A member in words, for the list of what may be written. */
export const inWords = (member: SchemaAST.AST): string => {
  const shape = shapeOf(member)
  switch (shape.kind) {
    case "struct":
      return `a map with ${shape.fields.map(({ key }) => key).join(", ")}`
    case "record":
      return "a map"
    case "list":
      return "a list"
    default:
      return allowedBy(member)
  }
}

const fieldsOf = (member: SchemaAST.AST): ReadonlyArray<Field> => {
  const shape = shapeOf(member)
  return shape.kind === "struct" ? shape.fields : []
}

const entryOf = (field: Field, node: Located): Entry | undefined =>
  node.kind === "map" ? node.entries.find(({ key }) => key === field.key || key === field.name) : undefined

/** The words one field of a member must be one of. */
export const wordsOf = (member: SchemaAST.AST, field: string): ReadonlyArray<string> =>
  fieldsOf(member).flatMap(({ ast, name }) => (name === field ? literalsOf(ast) : []))

/** The field that tells members apart (`type: file`) where it says another member's word; absent where the member may be meant. */
export const wrongWord = (
  member: SchemaAST.AST,
  node: Located
): { readonly field: Field; readonly entry: Entry | undefined } | undefined => {
  for (const field of fieldsOf(member)) {
    const words = literalsOf(field.ast)
    if (words.length !== 1) continue
    const entry = entryOf(field, node)
    const said = entry?.value.kind === "scalar" ? entry.value.text : undefined
    if (entry === undefined ? field.required : said === undefined || !words.includes(said)) return { field, entry }
  }
  return undefined
}

/** How many of the keys that were written a member knows. */
export const knownKeys = (member: SchemaAST.AST, node: Located): number => {
  if (node.kind !== "map") return 0
  const keys = fieldsOf(member).flatMap(({ key, name, one }) => [key, name, one ?? key])
  return node.entries.filter(({ key }) => keys.includes(key)).length
}
