import { Result, Schema, type SchemaAST } from "effect"
import { fileKey } from "../inFile.ts"
import { oneKey } from "../orOne.ts"
import { remembered } from "../remembered.ts"

/** One field of a struct as files know it. */
export interface Field {
  readonly name: string
  /** Its key in files. */
  readonly key: string
  /** The key under which its only item may be written. */
  readonly one: string | undefined
  readonly ast: SchemaAST.AST
  readonly required: boolean
  /** What it is where it is left out; `undefined` where it is then absent. */
  readonly byDefault: unknown
}

/** What a schema expects, as far as files care. */
export type Shape =
  | { readonly kind: "struct"; readonly fields: ReadonlyArray<Field> }
  | { readonly kind: "record"; readonly key: SchemaAST.AST; readonly value: SchemaAST.AST }
  | { readonly kind: "list"; readonly item: SchemaAST.AST }
  | { readonly kind: "choice"; readonly members: ReadonlyArray<SchemaAST.AST> }
  | { readonly kind: "scalar"; readonly takesText: boolean; readonly allowed: string }
  | { readonly kind: "anything" }

/** The shape behind a schema. Everything that is no plain struct, record, list or choice of such is a scalar, decoded as a whole. */
export const shapeOf: (ast: SchemaAST.AST) => Shape = remembered((ast) => {
  switch (ast._tag) {
    case "Suspend":
      return shapeOf(ast.thunk())
    case "Unknown":
    case "Any":
    case "ObjectKeyword":
      return { kind: "anything" }
    case "Objects": {
      const [index] = ast.indexSignatures
      if (!isPlain(ast)) return scalar(ast)
      return index === undefined
        ? { kind: "struct", fields: ast.propertySignatures.map(({ name, type }) => field(String(name), type)) }
        : { kind: "record", key: index.parameter, value: index.type }
    }
    case "Arrays": {
      const [item] = ast.rest
      return item !== undefined && ast.elements.length === 0 && isPlain(ast) ? { kind: "list", item } : scalar(ast)
    }
    case "Union":
      return isPlain(ast) && ast.types.some((member) => !isScalar(shapeOf(member)))
        ? { kind: "choice", members: ast.types }
        : scalar(ast)
    default:
      return scalar(ast)
  }
})

const isScalar = ({ kind }: Shape): boolean => kind === "scalar" || kind === "anything"

/** True where decoding changes nothing but what is left out: no encoding, or only the one that fills in a default. */
const isPlain = (ast: SchemaAST.AST): boolean =>
  ast.encoding === undefined || ast.encoding.every(({ to }) => to._tag === ast._tag && to.context?.isOptional === true)

/** The form that is written, at the far end of all transformations. */
export const writtenForm = (ast: SchemaAST.AST): SchemaAST.AST => {
  const last = ast.encoding?.at(-1)
  return last === undefined ? ast : writtenForm(last.to)
}

const scalar = (ast: SchemaAST.AST): Shape => ({
  kind: "scalar",
  takesText: takesText(writtenForm(ast)),
  allowed: allowedBy(ast)
})

/** Whether the schema wants a scalar's text: strings, and notations of ours, which read the text exactly as it was written. */
const takesText = (written: SchemaAST.AST): boolean => {
  switch (written._tag) {
    case "String":
    case "TemplateLiteral":
      return true
    case "Literal":
      return typeof written.literal === "string"
    case "Union":
      return written.annotations?.expected !== undefined || written.types.every(takesText)
    default:
      return false
  }
}

/** What may be written, in words. */
export const allowedBy = (ast: SchemaAST.AST): string => {
  const written = writtenForm(ast)
  const told = written.annotations?.expected
  if (typeof told === "string") return told
  const checks = (ast.checks ?? []).flatMap(({ annotations }) => {
    const expected = annotations?.expected
    return typeof expected === "string" ? [expected] : []
  })
  if (checks.length > 0) return checks.join(", ")
  switch (written._tag) {
    case "Literal":
      return String(written.literal)
    case "Union":
      return written.types.map(allowedBy).join(", ")
    case "Boolean":
      return "true or false"
    case "Number":
      return "a number"
    case "String":
      return "text"
    case "Objects":
      return "a map"
    case "Arrays":
      return "a list"
    default:
      return "another kind of value"
  }
}

/** The words a schema is a choice of; empty where it is none. */
export const literalsOf = (ast: SchemaAST.AST): ReadonlyArray<string> => {
  const written = writtenForm(ast)
  if (written._tag === "Literal") return [String(written.literal)]
  return written._tag === "Union" && written.types.every((member) => member._tag === "Literal")
    ? written.types.flatMap(literalsOf)
    : []
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const keyAnnotation = (ast: SchemaAST.AST, name: string): string | undefined => {
  const found = ast.context?.annotations?.[name] ?? ast.encoding?.at(-1)?.to.context?.annotations?.[name]
  return typeof found === "string" ? found : undefined
}

const field = (name: string, ast: SchemaAST.AST): Field => {
  const absent = Result.getOrUndefined(
    Schema.decodeUnknownResult(Schema.Struct({ value: Schema.make<Schema.Codec<unknown>>(ast) }))({})
  )
  return {
    name,
    key: keyAnnotation(ast, fileKey) ?? snakeCase(name),
    one: keyAnnotation(ast, oneKey),
    ast,
    required: absent === undefined,
    byDefault: absent?.value
  }
}
