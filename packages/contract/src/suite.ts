import { offers } from "@orrery/core"
import { Effect } from "effect"
import type { Backend } from "./Backend.ts"
import { type Check, CheckFailed, featuresIn, type Omitted } from "./Check.ts"
import { Mismatch } from "./expect.ts"
import { gapRules } from "./Gap.ts"
import type { Rule } from "./Rule.ts"
import { rules } from "./rules.ts"
import { tryRule } from "./tryRule.ts"

const whyNot = ({ capabilities, foreign, lacks = {}, services }: Backend, rule: Rule): string | undefined => {
  if (services[rule.service] === undefined) return `this set-up has no ${rule.service}`
  for (const feature of rule.needs) {
    const support = capabilities[feature]
    if (support._tag === "Absent") return `${feature} is absent: ${support.why}`
  }
  if (rule.uses.includes("foreign") && foreign === undefined) return "this set-up plants nothing that is not ours"
  for (const ability of rule.uses) if (lacks[ability] !== undefined) return lacks[ability]
  return undefined
}

const checkOf = (backend: Backend, rule: Rule, serial: number): Check => {
  const failed = (detail: string) => new CheckFailed({ backend: backend.name, title: rule.title, detail })
  return {
    title: rule.title,
    features: featuresIn(rule.title),
    service: rule.service,
    run: Effect.suspend(() => tryRule(backend, rule, serial)).pipe(
      Effect.timeoutOrElse({
        duration: backend.pace.timeoutMs,
        orElse: () => new Mismatch({ detail: `did not end within ${backend.pace.timeoutMs} ms` })
      }),
      Effect.mapError((error) => failed(error._tag === "Mismatch" ? error.detail : `unexpected: ${error.message}`))
    )
  }
}

/** Everything this backend must keep: what it offers, and for each gap that it is refused without side effect. */
export const suite = (backend: Backend): ReadonlyArray<Check> => [
  ...rules.flatMap((rule, index) => (whyNot(backend, rule) === undefined ? [checkOf(backend, rule, index)] : [])),
  ...gapRules.flatMap(({ feature, rule }, index) =>
    backend.services[rule.service] !== undefined && !offers(backend.capabilities, feature)
      ? [checkOf(backend, rule, rules.length + index)]
      : []
  )
]

/** The promises that are not tried on this backend, each with the reason: nothing is left out silently. */
export const omitted = (backend: Backend): ReadonlyArray<Omitted> =>
  rules.flatMap((rule) => {
    const why = whyNot(backend, rule)
    return why === undefined ? [] : [{ title: rule.title, why }]
  })
