import { type ClassAd, parseAd } from "./classad/ClassAd.ts"
import type { Expression } from "./classad/Expression.ts"
import { parse } from "./classad/parse.ts"

/** One slot as the collector knows it. */
export interface Machine {
  readonly name: string
  readonly ad: ClassAd
}

/** One idle job as the schedd offers it. */
export interface Job {
  /** `cluster.proc`. */
  readonly id: string
  readonly ad: ClassAd
  /** Jobs with the same number are alike to the negotiator: refuse one and you have refused all. */
  readonly autoCluster: number
}

/** Whose jobs these are. `jobs` come in the order of `queueOrder`. */
export interface Submitter {
  /** `user@domain` or `group.user@domain`. */
  readonly name: string
  readonly jobs: ReadonlyArray<Job>
  /** Cores its jobs ask for; without it their number. Groups share by it. */
  readonly weightedIdle?: number
  readonly weightedRunning?: number
  readonly lastHeardS?: number
}

/** What the accountant keeps about a submitter or a group. */
export interface Account {
  readonly priority: number
  readonly factor: number
  /** Weighted resources in use. */
  readonly usage: number
  /** The most it may use. */
  readonly ceiling?: number
  /** Up to this it is served before everybody else. */
  readonly floor?: number
}

/** One accounting group; `group.sub` is the child of `group`. */
export interface GroupConfig {
  readonly name: string
  /** Cores, or a share of what the parent has where `dynamic`. */
  readonly quota: number
  readonly dynamic?: boolean
  readonly acceptSurplus?: boolean
  readonly autoregroup?: boolean
}

/** The negotiator's settings, each named after its configuration variable. */
export interface Config {
  readonly preJobRank: Expression
  readonly postJobRank: Expression
  readonly preemptionRank: Expression
  readonly preemptionRequirements: Expression
  readonly considerPreemption: boolean
  readonly defaultPrioFactor: number
  /** The factor of users who are nice: their names begin with `nice-user.`. */
  readonly nicePrioFactor: number
  /** The factor of users of other domains than `accountantLocalDomain`, where that is set. */
  readonly remotePrioFactor: number
  readonly accountantLocalDomain?: string
  readonly priorityHalflifeS: number
  readonly groups: ReadonlyArray<GroupConfig>
  readonly groupAcceptSurplus: boolean
  readonly groupAutoregroup: boolean
  readonly groupSortExpr: Expression
  readonly groupRoundsMax: number
  readonly allowQuotaOversubscription: boolean
  readonly strictEnforceQuota: boolean
  /** The most of each concurrency limit by its name in lower case, `scope.*` for all names of a scope. */
  readonly concurrencyLimits: Readonly<Record<string, number>>
  readonly concurrencyLimitDefault: number
}

/** HTCondor 23's defaults. */
export const defaultConfig: Config = {
  preJobRank: parse("(10000000 * My.Rank) + (1000000 * (RemoteOwner =?= UNDEFINED)) - (100000 * Cpus) - Memory"),
  postJobRank: parse(
    "(RemoteOwner =?= UNDEFINED) * (ifThenElse(isUndefined(KFlops), 1000, KFlops) - SlotID - 1.0e10*(Offline=?=True))"
  ),
  preemptionRank: parse("(RemoteUserPrio * 1000000) - ifThenElse(isUndefined(TotalJobRuntime), 0, TotalJobRuntime)"),
  preemptionRequirements: parse("False"),
  considerPreemption: true,
  defaultPrioFactor: 1000,
  nicePrioFactor: 1e10,
  remotePrioFactor: 1e7,
  priorityHalflifeS: 86_400,
  groups: [],
  groupAcceptSurplus: false,
  groupAutoregroup: false,
  groupSortExpr: parse(
    'ifThenElse(AccountingGroup=?="<none>",3.4e+38,ifThenElse(GroupQuota>0,GroupResourcesInUse/GroupQuota,3.3e+38))'
  ),
  groupRoundsMax: 3,
  allowQuotaOversubscription: true,
  strictEnforceQuota: true,
  concurrencyLimits: {},
  concurrencyLimitDefault: 2_308_032
}

/** A machine from its ad, in the long form of `condor_status -l`. */
export const machineOf = (source: string): Machine => {
  const ad = parseAd(source)
  const name = ad.lookup("Name")
  return { name: name?.kind === "literal" ? String(name.value) : "", ad }
}
