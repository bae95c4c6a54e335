// The engine's answers for a drawn pool, given the ads as the real collector and schedd hold them.
import {
  type Account,
  Accountant,
  type Config,
  type CycleResult,
  defaultConfig,
  type GroupConfig,
  type Machine,
  negotiateCycle,
  parse,
  type QueuedJob,
  queueOf
} from "../../../packages/simulator/src/engine/profiles/condor/index.ts"
import type { Case } from "./draw.ts"

/** A submitter as the collector knows it. */
export interface Submission {
  readonly name: string
  readonly lastHeardS: number
  readonly weightedIdle: number
  readonly weightedRunning: number
  readonly running: number
  readonly jobs: ReadonlyArray<QueuedJob>
}

const flag = (text: string | undefined, otherwise: boolean): boolean =>
  text === undefined ? otherwise : text.toLowerCase() === "true"

const groupsOf = (config: Case["config"]): ReadonlyArray<GroupConfig> =>
  (config.GROUP_NAMES ?? "")
    .split(", ")
    .filter((name) => name !== "")
    .map((name) => {
      const fixed = config[`GROUP_QUOTA_${name}`]
      const surplus = config[`GROUP_ACCEPT_SURPLUS_${name}`]
      return {
        name,
        quota: Number(fixed ?? config[`GROUP_QUOTA_DYNAMIC_${name}`] ?? 0),
        dynamic: fixed === undefined,
        ...(surplus === undefined ? {} : { acceptSurplus: surplus === "true" })
      }
    })

const limitSuffix = "_LIMIT"
const scopePrefix = "CONCURRENCY_LIMIT_DEFAULT_"

const limitsOf = (config: Case["config"]): Record<string, number> =>
  Object.fromEntries(
    Object.entries(config).flatMap(([name, value]): ReadonlyArray<readonly [string, number]> => {
      if (name.startsWith(scopePrefix)) return [[`${name.slice(scopePrefix.length).toLowerCase()}.*`, Number(value)]]
      return name.endsWith(limitSuffix) ? [[name.slice(0, -limitSuffix.length).toLowerCase(), Number(value)]] : []
    })
  )

const expressions = {
  NEGOTIATOR_PRE_JOB_RANK: "preJobRank",
  NEGOTIATOR_POST_JOB_RANK: "postJobRank",
  PREEMPTION_RANK: "preemptionRank",
  PREEMPTION_REQUIREMENTS: "preemptionRequirements"
} as const

const expressionsOf = (config: Case["config"]): Partial<Config> =>
  Object.fromEntries(
    Object.entries(expressions).flatMap(([name, key]) => {
      const source = config[name]
      return source === undefined ? [] : [[key, parse(source)] as const]
    })
  )

export const configOf = ({ config }: Case): Config => ({
  ...defaultConfig,
  ...expressionsOf(config),
  considerPreemption: flag(config.NEGOTIATOR_CONSIDER_PREEMPTION, true),
  priorityHalflifeS: Number(config.PRIORITY_HALFLIFE ?? defaultConfig.priorityHalflifeS),
  concurrencyLimits: limitsOf(config),
  concurrencyLimitDefault: Number(config.CONCURRENCY_LIMIT_DEFAULT ?? defaultConfig.concurrencyLimitDefault),
  groups: groupsOf(config),
  groupAcceptSurplus: flag(config.GROUP_ACCEPT_SURPLUS, false),
  groupAutoregroup: flag(config.GROUP_AUTOREGROUP, false),
  allowQuotaOversubscription: flag(config.NEGOTIATOR_ALLOW_QUOTA_OVERSUBSCRIPTION, true)
})

const accountsOf = (pool: Case): ReadonlyMap<string, Account> =>
  new Map(
    Object.entries(pool.factors).map(([name, factor]) => {
      const ceiling = pool.ceilings[name]
      const floor = pool.floors[name]
      const account: Account = {
        priority: pool.priorities[name] ?? 0.5,
        factor,
        usage: 0,
        ...(ceiling === undefined ? {} : { ceiling }),
        ...(floor === undefined ? {} : { floor })
      }
      return [name, account] as const
    })
  )

/** The accountant of a pool before its first cycle. */
export const accountantOf = (pool: Case, nowS: number): Accountant =>
  new Accountant(configOf(pool), accountsOf(pool), nowS)

/** The engine's answer to one cycle, after the accountant has begun it. */
export const simulate = (
  pool: Case,
  accountant: Accountant,
  machines: ReadonlyArray<Machine>,
  submissions: ReadonlyArray<Submission>
): CycleResult =>
  negotiateCycle({
    machines,
    submitters: submissions.map((submission) => ({ ...submission, jobs: queueOf(submission.jobs, machines) })),
    accounts: accountant.accounts,
    config: configOf(pool)
  })
