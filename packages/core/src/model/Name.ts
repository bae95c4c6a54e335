import { Schema } from "effect"

/** A name every backend accepts: a DNS label. */
export const Name = Schema.String.check(
  Schema.isPattern(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
    expected: "a name of at most 63 lower-case letters, digits and '-', starting and ending with a letter or digit"
  })
)
