import { offers } from "@orrery/core"
import { Effect } from "effect"
import type { Backend } from "./Backend.ts"
import { type Check, CheckFailed, featuresIn, type Omitted } from "./Check.ts"
import { Mismatch } from "./expect.ts"
import { gapRules } from "./Gap.ts"
import { modelRules } from "./model/modelRules.ts"
import type { ModelRule, Rule, RuleResult } from "./Rule.ts"
import { rules } from "./rules.ts"
import { tryRule } from "./tryRule.ts"

type Promised = Pick<Rule, "needs" | "service" | "title" | "uses">

const whyNot = (
  { capabilities, fixtures, foreign, lacks = {}, services }: Backend,
  promised: Promised
): string | undefined => {
  if (services[promised.service] === undefined) return `this set-up has no ${promised.service}`
  for (const feature of promised.needs) {
    const support = capabilities[feature]
    if (support._tag === "Absent") return `${feature} is absent: ${support.why}`
  }
  if (promised.uses.includes("foreign") && foreign === undefined) return "this set-up plants nothing that is not ours"
  if (promised.uses.includes("namespaces") && fixtures.otherNamespace === undefined)
    return "this set-up names no second namespace"
  for (const ability of promised.uses) if (lacks[ability] !== undefined) return lacks[ability]
  return undefined
}

/** Bounds one trial of one rule; what is not over by then has failed. */
const bounded = ({ pace }: Backend, trial: RuleResult): RuleResult =>
  Effect.timeoutOrElse(trial, {
    duration: pace.timeoutMs,
    orElse: () => new Mismatch({ detail: `did not end within ${pace.timeoutMs} ms` })
  })

const checkOf = (backend: Backend, { service, title }: Promised, run: RuleResult): Check => ({
  title,
  service,
  features: featuresIn(title),
  run: Effect.mapError(
    run,
    (error) =>
      new CheckFailed({
        backend: backend.name,
        title,
        detail: error._tag === "Mismatch" ? error.detail : `unexpected: ${error.message}`
      })
  )
})

const ruleCheck = (backend: Backend, rule: Rule, serial: number): Check =>
  checkOf(
    backend,
    rule,
    Effect.suspend(() => bounded(backend, tryRule(backend, rule, serial)))
  )

const modelCheck = (backend: Backend, rule: ModelRule, firstSerial: number): Check =>
  checkOf(
    backend,
    rule,
    Effect.suspend(() => {
      // names are not used twice, since some backends remember what was there
      let serial = firstSerial
      return rule.explored(backend.exploration ?? { seed: 1, runs: 3 }, (attempt) => {
        serial += modelRules.length
        return bounded(backend, tryRule(backend, attempt, serial))
      })
    })
  )

/** Everything this backend must keep: what it offers, and for each gap that it is refused without side effect. */
export const suite = (backend: Backend): ReadonlyArray<Check> => [
  ...rules.flatMap((rule, index) => (whyNot(backend, rule) === undefined ? [ruleCheck(backend, rule, index)] : [])),
  ...gapRules.flatMap(({ feature, rule }, index) =>
    backend.services[rule.service] !== undefined && !offers(backend.capabilities, feature)
      ? [ruleCheck(backend, rule, rules.length + index)]
      : []
  ),
  ...modelRules.flatMap((rule, index) =>
    whyNot(backend, rule) === undefined ? [modelCheck(backend, rule, rules.length + gapRules.length + index)] : []
  )
]

/** The promises that are not tried on this backend, each with the reason: nothing is left out silently. */
export const omitted = (backend: Backend): ReadonlyArray<Omitted> =>
  [...rules, ...modelRules].flatMap((rule) => {
    const why = whyNot(backend, rule)
    return why === undefined ? [] : [{ title: rule.title, why }]
  })
