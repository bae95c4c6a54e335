import { Schema } from "effect"

/** Text of at least one letter. */
export const NonEmptyText = Schema.String.check(Schema.isMinLength(1, { expected: "text that is not empty" }))
