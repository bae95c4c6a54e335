import { Accounts } from "./Accounts.ts"
import { ConcurrencyLimits } from "./ConcurrencyLimits.ts"
import { isOffered, slotWeight, withHolder } from "./candidates.ts"
import {
  assignQuotas,
  breadthFirst,
  fairShare,
  type Group,
  groupOfSubmitter,
  groupTree,
  servingOrder,
  withinParents
} from "./GroupTree.ts"
import type { Match, Refusal, Table } from "./negotiate.ts"
import type { Account, Config, Machine, Submitter } from "./Pool.ts"
import { type Pie, spin } from "./spin.ts"

/** All that one negotiation cycle looks at. Machines and submitters come in the collector's order. */
export interface CycleInput {
  readonly machines: ReadonlyArray<Machine>
  readonly submitters: ReadonlyArray<Submitter>
  readonly accounts: ReadonlyMap<string, Account>
  readonly config: Config
}

/** What a cycle decided, in the order it was decided. */
export interface CycleResult {
  readonly decisions: ReadonlyArray<Match | Refusal>
  readonly matches: ReadonlyArray<Match>
  readonly refusals: ReadonlyArray<Refusal>
  /** What each group was allowed to use, where there are groups. */
  readonly quotas: ReadonlyArray<{ readonly group: string; readonly quota: number }>
}

type Serve = (submitters: ReadonlyArray<Submitter>, most: number, group?: Pie["group"]) => ReadonlyArray<Submitter>

/** One negotiation cycle: which job gets which slot, and why the others get none. */
export const negotiateCycle = (input: CycleInput): CycleResult => {
  const { config } = input
  const accounts = new Accounts(input.accounts, config)
  const weights = input.machines.map((machine) => slotWeight(machine.ad))
  const weightTotal = weights.reduce((sum, weight) => sum + weight, 0)
  const weightMin = weights.reduce((least, weight) => Math.min(least, weight), Number.MAX_VALUE)
  const root = groupTree(config)
  const offered = input.machines.filter((machine) => isOffered(machine.ad, config.considerPreemption))
  const table: Table = {
    machines: config.considerPreemption ? offered.map((machine) => withHolder(machine, accounts)) : offered,
    decisions: [],
    matched: new Set(),
    limits: new ConcurrencyLimits(config, input.machines)
  }
  const add = (user: string, weight: number): void => {
    accounts.charge(user, weight)
    accounts.charge(groupOfSubmitter(root, user).name, weight)
  }
  const charge: Pie["charge"] = (submitter, weight, preempted) => {
    if (preempted !== undefined) add(preempted, -weight)
    add(submitter, weight)
  }
  const serve: Serve = (submitters, most, group) => {
    const size = Math.min(weightTotal, most)
    const pie = { size, weightMin, charge, ...(group === undefined ? {} : { group }) }
    const low = submitters.filter(({ name }) => (accounts.get(name).floor ?? 0) > accounts.usage(name))
    if (low.length > 0) spin({ ...pie, submitters: low, floorRound: true }, table, config, accounts)
    return spin({ ...pie, submitters, floorRound: false }, table, config, accounts)
  }
  const quotas: Array<{ readonly group: string; readonly quota: number }> = []
  if (root.children.length === 0) serve(input.submitters, weightTotal)
  else serveGroups(root, input.submitters, weightTotal, { config, accounts, serve, quotas })
  return {
    decisions: table.decisions,
    matches: table.decisions.filter((decision) => decision.kind === "match"),
    refusals: table.decisions.filter((decision) => decision.kind === "refusal"),
    quotas
  }
}

interface Rounds {
  readonly config: Config
  readonly accounts: Accounts
  readonly serve: Serve
  readonly quotas: Array<{ readonly group: string; readonly quota: number }>
}

const prepare = (
  root: Group,
  submitters: ReadonlyArray<Submitter>,
  weightTotal: number,
  { config, accounts }: Rounds
): void => {
  const groups = breadthFirst(root)
  for (const submitter of submitters) {
    const group = groupOfSubmitter(root, submitter.name)
    group.submitters = [...group.submitters, submitter]
    group.requested += (submitter.weightedIdle ?? submitter.jobs.length) + (submitter.weightedRunning ?? 0)
  }
  for (const group of groups) group.usage = accounts.usage(group.name)
  if (config.groupAutoregroup) {
    for (const group of groups)
      if (group !== root && group.autoregroup) root.submitters = [...root.submitters, ...group.submitters]
  }
  assignQuotas(root, weightTotal, config.allowQuotaOversubscription)
}

/** Shares the pool among the groups, serves each, and shares again what could not be matched. */
const serveGroups = (root: Group, submitters: ReadonlyArray<Submitter>, weightTotal: number, rounds: Rounds): void => {
  const { config, accounts } = rounds
  prepare(root, submitters, weightTotal, rounds)
  const groups = breadthFirst(root)
  for (let round = 1; round <= config.groupRoundsMax; round++) {
    fairShare(root)
    if (config.groupAutoregroup) {
      root.quota = weightTotal
      root.allocated = weightTotal
    }
    const allocated = groups.reduce((sum, group) => sum + group.allocated, 0)
    const someTakeSurplus = config.groupAcceptSurplus || config.groups.some((group) => group.acceptSurplus)
    const someMayGrow = groups.some((group) => (someTakeSurplus ? group.allocated : group.quota) > group.usage)
    for (const group of servingOrder(groups, config, accounts)) serveGroup(group, someMayGrow, rounds)
    let used = 0
    for (const group of groups) {
      group.usage = accounts.usage(group.name)
      used += Math.min(group.usage, group.allocated)
      group.requested = group.usage < group.allocated ? group.usage : group.requested + group.allocated
    }
    if (used >= allocated) return
  }
}

/** What the negotiator makes of a quota that is not a number when it turns it into a whole one. */
const notANumber = -2_147_483_648

const serveGroup = (group: Group, someMayGrow: boolean, { config, accounts, serve, quotas }: Rounds): void => {
  if (group.allocated <= 0 || group.submitters.length === 0) return
  if (group.usage >= group.allocated && !config.considerPreemption) return
  const target = Math.max(group.allocated, group.quota)
  const slots = config.strictEnforceQuota ? withinParents(group, target, accounts) : target
  // A group's part of what all may grow by is 0 / 0 when none may grow by its allocation, yet this one by its quota: then it
  // gets nothing. Otherwise the negotiator hands the quota on as a whole number.
  const quota = !someMayGrow && target > group.usage ? notANumber : Math.trunc(slots)
  quotas.push({ group: group.name, quota })
  const isRegroup = config.groupAutoregroup && group.parent === undefined
  group.submitters = serve(group.submitters, quota, isRegroup ? undefined : { name: group.name, quota })
}
