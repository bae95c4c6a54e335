import { Schema } from "effect"

/** One thing wrong with an input. Line and column where it came from a file. */
export const Problem = Schema.Struct({
  path: Schema.String,
  message: Schema.String,
  remedy: Schema.optionalKey(Schema.String),
  file: Schema.optionalKey(Schema.String),
  line: Schema.optionalKey(Schema.Int),
  column: Schema.optionalKey(Schema.Int)
})
export type Problem = typeof Problem.Type
