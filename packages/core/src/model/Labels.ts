import { Schema } from "effect"

const key = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const value = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

/** A label key, with an optional `domain/` before it. */
export const LabelKey = Schema.String.check(
  Schema.isPattern(key, { expected: "a label key such as tier or example.com/tier" })
)

/** A label value: at most 63 letters, digits, '-', '_' and '.', or nothing. */
export const LabelValue = Schema.String.check(
  Schema.isPattern(value, { expected: "a label value of at most 63 letters, digits, '-', '_' and '.'" })
)

/** What things are called besides their name, to select them by. */
export const Labels = Schema.Record(LabelKey, LabelValue)
export type Labels = typeof Labels.Type
