import { Schema } from "effect"

/** Reads a value as people write it, or throws what is wrong with it: in a program, unlike in a file, that is a mistake in the code. */
export const decoded = <S extends Schema.Codec<unknown, unknown>>(schema: S, written: S["Encoded"]): S["Type"] =>
  Schema.decodeUnknownSync(schema, { errors: "all", onExcessProperty: "error" })(written)
