import { advancePriority, type Usage } from "./Accounts.ts"
import type { Account, Config } from "./Pool.ts"

export { advancePriority, halved, priorityMin, type Usage } from "./Accounts.ts"
export type { SlotRefusal } from "./candidates.ts"
export { adOf, ClassAd, parseAd } from "./classad/ClassAd.ts"
export { evaluate, evaluateAttribute, matches } from "./classad/evaluate.ts"
export { parse } from "./classad/parse.ts"
export { print, printValue, quote } from "./classad/print.ts"
export { ERROR, type Value } from "./classad/Value.ts"
export type { Match, Refusal } from "./negotiate.ts"
export { type CycleInput, type CycleResult, negotiateCycle, usageOf } from "./negotiateCycle.ts"
export {
  type Account,
  type Config,
  defaultConfig,
  type GroupConfig,
  type Job,
  type Machine,
  machineOf,
  type Submitter
} from "./Pool.ts"
export { type Carved, carve, defaultRounding, type Rounding } from "./partition.ts"
export { type Filled, fillSlot, type QueuedJob, queueOf, queueOrder, reuseClaim } from "./schedd.ts"

/** All accounts after `elapsedS` seconds in which each used what `usage` says. */
export const advancePriorities = (
  accounts: ReadonlyMap<string, Account>,
  usage: ReadonlyMap<string, Usage>,
  elapsedS: number,
  config: Config
): ReadonlyMap<string, Account> => {
  const idle: Usage = { weighted: 0 }
  const advanced = [...accounts].map(([name, account]) => {
    const used = usage.get(name) ?? idle
    const priority = advancePriority(account.priority, used, elapsedS, config.priorityHalflifeS)
    return [name, { ...account, priority, usage: used.weighted }] as const
  })
  return new Map(advanced)
}
