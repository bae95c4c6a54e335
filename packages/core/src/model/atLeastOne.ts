import { Schema } from "effect"

/** A list that must not be empty; whoever leaves it so is told of what one is missing. */
export const atLeastOne = (what: string) => Schema.isMinLength(1, { expected: `at least one ${what}` })
