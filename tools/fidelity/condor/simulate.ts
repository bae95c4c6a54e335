// The engine's answer for a drawn pool, given the ads as the real collector and schedd hold them.
import {
  type Account,
  type Config,
  type CycleResult,
  defaultConfig,
  type GroupConfig,
  type Machine,
  negotiateCycle,
  parse,
  type QueuedJob,
  queueOf,
  usageOf
} from "../../../packages/simulator/src/engine/profiles/condor/index.ts"
import type { Case } from "./draw.ts"

/** A submitter as the collector knows it. */
export interface Submission {
  readonly name: string
  readonly lastHeardS: number
  readonly weightedIdle: number
  readonly weightedRunning: number
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

export const configOf = ({ config }: Case): Config => ({
  ...defaultConfig,
  considerPreemption: flag(config.NEGOTIATOR_CONSIDER_PREEMPTION, true),
  preemptionRequirements: parse(config.PREEMPTION_REQUIREMENTS ?? "False"),
  ...(config.NEGOTIATOR_PRE_JOB_RANK === undefined ? {} : { preJobRank: parse(config.NEGOTIATOR_PRE_JOB_RANK) }),
  groups: groupsOf(config),
  groupAcceptSurplus: flag(config.GROUP_ACCEPT_SURPLUS, false),
  groupAutoregroup: flag(config.GROUP_AUTOREGROUP, false),
  allowQuotaOversubscription: flag(config.NEGOTIATOR_ALLOW_QUOTA_OVERSUBSCRIPTION, true)
})

const accountsOf = (pool: Case, usage: ReadonlyMap<string, number>): ReadonlyMap<string, Account> => {
  const names = new Set([...usage.keys(), ...Object.keys(pool.factors)])
  return new Map(
    [...names].map((name) => {
      const ceiling = pool.ceilings[name]
      const floor = pool.floors[name]
      const account: Account = {
        priority: pool.priorities[name] ?? 0.5,
        factor: pool.factors[name] ?? defaultConfig.defaultPrioFactor,
        usage: usage.get(name) ?? 0,
        ...(ceiling === undefined ? {} : { ceiling }),
        ...(floor === undefined ? {} : { floor })
      }
      return [name, account] as const
    })
  )
}

export const simulate = (
  pool: Case,
  machines: ReadonlyArray<Machine>,
  submissions: ReadonlyArray<Submission>
): CycleResult => {
  const config = configOf(pool)
  return negotiateCycle({
    machines,
    submitters: submissions.map((submission) => ({ ...submission, jobs: queueOf(submission.jobs, machines) })),
    accounts: accountsOf(pool, usageOf(machines, config)),
    config
  })
}
