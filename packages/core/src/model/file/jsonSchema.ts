import { Schema, type SchemaAST } from "effect"
import { allowedBy, type Field, literalsOf, shapeOf, writtenForm } from "./Shape.ts"

/** A JSON Schema, as editors read it. */
export type JsonSchema = { readonly [key: string]: unknown }

/** The JSON Schema of what a file may say where `ast` is read, with the file's own keys. */
export const jsonSchema = (ast: SchemaAST.AST): JsonSchema => {
  const shape = shapeOf(ast)
  switch (shape.kind) {
    case "anything":
      return {}
    case "list":
      return { type: "array", items: jsonSchema(shape.item), ...(hasCheck(ast, "isMinLength") ? { minItems: 1 } : {}) }
    case "record":
      return { type: "object", additionalProperties: jsonSchema(shape.value) }
    case "choice":
      return { anyOf: shape.members.map(jsonSchema) }
    case "struct":
      return struct(shape.fields)
    case "scalar":
      return scalar(ast)
  }
}

const hasCheck = (ast: SchemaAST.AST, name: string): boolean =>
  (ast.checks ?? []).some(({ annotations }) => JSON.stringify(annotations?.representation ?? "").includes(name))

const struct = (fields: ReadonlyArray<Field>): JsonSchema => {
  const properties = fields.flatMap((field): ReadonlyArray<readonly [string, JsonSchema]> => {
    const all = jsonSchema(field.ast)
    return field.one === undefined
      ? [[field.key, all]]
      : [
          [field.one, (all.items ?? {}) as JsonSchema],
          [field.key, all]
        ]
  })
  const required = fields.filter((field) => field.required)
  const plain = required.flatMap(({ key, one }) => (one === undefined ? [key] : []))
  const either = required.flatMap(({ key, one }) =>
    one === undefined ? [] : [{ oneOf: [{ required: [key] }, { required: [one] }] }]
  )
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(plain.length > 0 ? { required: plain } : {}),
    ...(either.length > 0 ? { allOf: either } : {}),
    additionalProperties: false
  }
}

/** Notations of ours take text and numbers; everything else says for itself what it is. */
const scalar = (ast: SchemaAST.AST): JsonSchema => {
  const words = literalsOf(ast)
  if (words.length > 0) return { enum: words }
  const written = writtenForm(ast)
  if (typeof written.annotations?.expected === "string")
    return { type: ["string", "number"], description: allowedBy(ast) }
  const { schema } = Schema.toJsonSchemaDocument(Schema.make<Schema.Codec<unknown>>(ast))
  return { ...schema, description: allowedBy(ast) }
}
