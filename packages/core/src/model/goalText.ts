import { Result, Schema } from "effect"
import { ClusterSpec } from "./ClusterSpec.ts"
import type { Goal } from "./Goal.ts"

const StoredGoal = Schema.fromJsonString(
  Schema.Struct({
    spec: Schema.toType(ClusterSpec),
    sizes: Schema.Record(Schema.String, Schema.Natural),
    generation: Schema.Natural,
    deleting: Schema.Boolean
  })
)
const encode = Schema.encodeSync(StoredGoal)
const decode = Schema.decodeUnknownResult(StoredGoal)

/** A goal as the text that is kept at the provider. */
export const printGoal = (goal: Goal): string => encode(goal)

/** The goal back, or what is wrong with the text: somebody else may have written it. */
export const parseGoal = (text: string): Result.Result<Goal, string> =>
  Result.mapError(decode(text), (error) => error.message)
