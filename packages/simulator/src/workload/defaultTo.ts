import { Effect, Schema } from "effect"

/** A field that may be left out of a file, with what it is then, as written. */
export const defaultTo =
  <S extends Schema.Top>(value: S["Encoded"]) =>
  (schema: S): Schema.withDecodingDefaultKey<S> =>
    Schema.withDecodingDefaultKey<S>(Effect.succeed(value))(schema)
