import { LabelSelector, type Requirement } from "@orrery/core"
import { Result, Schema } from "effect"
import { badInput, type InputError } from "./InputError.ts"

const forms: ReadonlyArray<readonly [form: RegExp, read: (key: string, values: string) => Requirement]> = [
  [/^(\S+)\s+in\s+\(([^()]*)\)$/, (key, values) => ({ key, operator: "In", values: listed(values) })],
  [/^(\S+)\s+notin\s+\(([^()]*)\)$/, (key, values) => ({ key, operator: "NotIn", values: listed(values) })],
  [/^([^\s=!]+)\s*!=\s*([^\s=!]*)$/, (key, value) => ({ key, operator: "NotIn", values: [value] })],
  [/^([^\s=!]+)\s*==?\s*([^\s=!]*)$/, (key, value) => ({ key, operator: "In", values: [value] })],
  [/^!\s*([^\s=!]+)$/, (key) => ({ key, operator: "DoesNotExist", values: [] })],
  [/^([^\s=!]+)$/, (key) => ({ key, operator: "Exists", values: [] })]
]

const listed = (values: string): ReadonlyArray<string> => values.split(",").map((value) => value.trim())

const decode = Schema.decodeUnknownResult(LabelSelector)

const requirementOf = (term: string): Requirement | undefined => {
  for (const [form, read] of forms) {
    const found = form.exec(term)
    if (found !== null) return read(found[1] ?? "", found[2] ?? "")
  }
  return undefined
}

/** Reads a selector as kubectl has it: `app=web,tier!=test,zone in (a,b),gpu,!spot`. */
export const readSelector = (text: string): Result.Result<LabelSelector, InputError> => {
  // commas within brackets are between values, all others between terms
  const terms = text.split(/,(?![^()]*\))/).map((term) => term.trim())
  const requirements = terms.map(requirementOf)
  const wrong = terms.filter((_, index) => requirements[index] === undefined)
  if (wrong.length > 0)
    return Result.fail(
      badInput(
        `--selector: ${wrong.map((term) => JSON.stringify(term)).join(", ")} cannot be read`,
        "write key=value, key!=value, key in (a,b), key notin (a,b), key or !key, with commas between"
      )
    )
  return Result.mapError(decode({ matchExpressions: requirements }), () =>
    badInput(`--selector: ${JSON.stringify(text)} names a label that no label can be called`)
  )
}
