import { Result, Schema, type SchemaAST, SchemaIssue } from "effect"
import type { Problem } from "../model/Problem.ts"

const fieldsOf = (ast: SchemaAST.AST): string =>
  ast._tag === "Objects" ? ast.propertySignatures.map(({ name }) => String(name)).join(", ") : "none"

const flatten = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    if (issue._tag === "UnexpectedKey") return `unknown field, allowed: ${fieldsOf(issue.ast)}`
    return issue._tag === "MissingKey" ? "missing" : SchemaIssue.defaultLeafHook(issue)
  }
})

/** What was found, where it is a number: any other value may be a secret. */
const found = (value: unknown, path: ReadonlyArray<PropertyKey>): string => {
  let inner = value
  for (const key of path) inner = typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined
  return typeof inner === "number" ? `, found ${inner}` : ""
}

const keyOf = (step: PropertyKey | { readonly key: PropertyKey }): PropertyKey =>
  typeof step === "object" ? step.key : step

/** What an issue says of a value, one problem for each place. */
export const problemsIn = (issue: SchemaIssue.Issue, value: unknown, at?: string): ReadonlyArray<Problem> =>
  flatten(issue).issues.map(({ message, path = [] }) => {
    const keys = path.map(keyOf)
    return {
      path: [...(at === undefined ? [] : [at]), ...keys.map(String)].join(".") || "(all)",
      message: message.startsWith("Expected") ? message + found(value, keys) : message
    }
  })

/** Whether fields that the schema does not have are wrong. */
export interface ProblemsOptions {
  readonly extraFields?: "refused" | "allowed"
}

/** All that is wrong with a value in memory, by its schema. Made once, used often. */
export const problemsOf = (
  schema: Schema.Top,
  { extraFields = "refused" }: ProblemsOptions = {}
): ((value: unknown, at?: string) => ReadonlyArray<Problem>) => {
  const decode = Schema.decodeUnknownResult(Schema.toType(schema) as Schema.Codec<unknown>, {
    errors: "all",
    onExcessProperty: extraFields === "refused" ? "error" : "ignore"
  })
  return (value, at) => {
    const decoded = decode(value)
    return Result.isSuccess(decoded) ? [] : problemsIn(decoded.failure.issue, value, at)
  }
}
