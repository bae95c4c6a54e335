import { Result, Schema, SchemaIssue } from "effect"
import type { Problem } from "../model/Problem.ts"

const flatten = SchemaIssue.makeFormatterStandardSchemaV1()

/** All that is wrong with a value in memory, by its schema; unknown fields are wrong, too. Made once, used often. */
export const problemsOf = (schema: Schema.Top): ((value: unknown, at?: string) => ReadonlyArray<Problem>) => {
  const decode = Schema.decodeUnknownResult(Schema.toType(schema) as Schema.Codec<unknown>, {
    errors: "all",
    onExcessProperty: "error"
  })
  return (value, at) => {
    const decoded = decode(value)
    return Result.isSuccess(decoded)
      ? []
      : flatten(decoded.failure.issue).issues.map(({ message, path = [] }) => ({
          path: [...(at === undefined ? [] : [at]), ...path.map(String)].join(".") || "(all)",
          message
        }))
  }
}
