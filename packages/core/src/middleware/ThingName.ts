import { Schema } from "effect"

/**
 * What something that is there already may be called. Wider than the names we give: other people's things may have dots,
 * slashes or capitals in theirs.
 */
export const ThingName = Schema.String.check(
  Schema.isPattern(/^[^\s\p{Cc}]{1,253}$/u, { expected: "a name without blanks, of at most 253 characters" })
)
