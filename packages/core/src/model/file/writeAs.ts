import { Result, Schema, type SchemaAST } from "effect"
import { type Field, shapeOf } from "./Shape.ts"

/** A value as a file writes it: the file's keys, the notations people read, and nothing that is the default anyway. */
export const writeAs = (ast: SchemaAST.AST, value: unknown): unknown => {
  const shape = shapeOf(ast)
  switch (shape.kind) {
    case "anything":
      return value
    case "scalar":
      return Result.getOrThrow(Schema.encodeUnknownResult(Schema.make<Schema.Codec<unknown>>(ast))(value))
    case "list":
      return Array.isArray(value) ? value.map((item) => writeAs(shape.item, item)) : value
    case "record":
      return mapValues(value, (item) => writeAs(shape.value, item))
    case "choice": {
      const member = shape.members.find((one) => Schema.is(Schema.make<Schema.Codec<unknown>>(one))(value))
      return member === undefined ? value : writeAs(member, value)
    }
    case "struct":
      return Object.fromEntries(shape.fields.flatMap((field) => entryOf(field, value)))
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const mapValues = (value: unknown, f: (item: unknown) => unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, f(item)])) : value

const entryOf = (field: Field, value: unknown): ReadonlyArray<readonly [string, unknown]> => {
  const found = isObject(value) ? value[field.name] : undefined
  if (found === undefined || (!field.required && isSame(found, field.byDefault))) return []
  if (field.one !== undefined && Array.isArray(found) && found.length === 1) {
    const [only] = writeAs(field.ast, found) as ReadonlyArray<unknown>
    return [[field.one, only]]
  }
  return [[field.key, writeAs(field.ast, found)]]
}

/** Equality of plain data, whatever the order of keys. */
const isSame = (a: unknown, b: unknown): boolean => {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]))
  if (!isObject(a) || !isObject(b)) return Object.is(a, b)
  const keys = Object.keys(a).filter((key) => a[key] !== undefined)
  return (
    keys.length === Object.keys(b).filter((key) => b[key] !== undefined).length &&
    keys.every((key) => isSame(a[key], b[key]))
  )
}
