import { Result, Schema } from "effect"
import { problemsIn } from "../../middleware/problemsOf.ts"
import type { Problem } from "../../model/Problem.ts"
import { because, InvalidInput } from "../../service/ComputeError.ts"
import { asFailure } from "../ComputeFailure.ts"

/** Says what may be written instead, where the schema knows. */
const withRemedy = (problem: Problem, allowed: unknown): Problem =>
  typeof allowed === "string" ? { ...problem, remedy: `write ${allowed}` } : problem

/** Reads a value as people write it, or throws, with `at` and all that is wrong with it: a builder is called by a program. */
export const decoded = <S extends Schema.Codec<unknown, unknown>>(
  schema: S,
  written: S["Encoded"],
  at?: string
): S["Type"] => {
  const options = { errors: "all", onExcessProperty: "error" } as const
  const result = Schema.decodeUnknownResult(schema, options)(written)
  if (Result.isSuccess(result)) return result.success
  const allowed = Schema.toEncoded(schema).ast.annotations?.expected
  const problems = problemsIn(result.failure.issue, written, at).map((problem) => withRemedy(problem, allowed))
  throw asFailure(because(new InvalidInput({ backend: "orrery", operation: "build", problems })))
}
