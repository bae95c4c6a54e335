export { Accountant } from "./Accountant.ts"
export { advancePriority, halved, priorityMin, type Usage } from "./Accounts.ts"
export type { SlotRefusal } from "./candidates.ts"
export { adOf, ClassAd, parseAd } from "./classad/ClassAd.ts"
export { evaluate, evaluateAttribute, matches } from "./classad/evaluate.ts"
export { parse } from "./classad/parse.ts"
export { print, printValue, quote } from "./classad/print.ts"
export { ERROR, type Value } from "./classad/Value.ts"
export { LivePool, type LivePoolOptions, type Running } from "./LivePool.ts"
export type { Match, Refusal, RefusalReason } from "./negotiate.ts"
export { type CycleInput, type CycleResult, negotiateCycle } from "./negotiateCycle.ts"
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
export { type QueuedJob, queueOf, queueOrder } from "./schedd.ts"
