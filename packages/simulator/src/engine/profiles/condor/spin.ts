import type { Accounts } from "./Accounts.ts"
import { type Limits, type Table, Turn } from "./negotiate.ts"
import type { Config, Submitter } from "./Pool.ts"

/** The pie that a set of submitters shares. */
export interface Pie {
  readonly submitters: ReadonlyArray<Submitter>
  /** What there is to share: the weight of all slots of the pool, taken or not, as far as a group may use them. */
  readonly size: number
  readonly weightMin: number
  /** The group the submitters are served as, and how much it may use in all. */
  readonly group?: { readonly name: string; readonly quota: number }
  /** Serve everybody only up to their floors, in one spin. */
  readonly floorRound: boolean
  /** Notes what a match costs its submitter, and that whoever had the slot before has it no more. */
  readonly charge: (submitter: string, weight: number, preempted: string | undefined) => void
}

const normalization = (submitters: ReadonlyArray<Submitter>, accounts: Accounts) => {
  const names = [...new Set(submitters.map((submitter) => submitter.name))]
  const priorities = names.map((name) => accounts.effective(name))
  const worst = Math.max(2.2250738585072014e-308, ...priorities)
  return { worst, sum: priorities.reduce((sum, priority) => sum + worst / priority, 0) }
}

const limitsOf = (name: string, share: number, pie: Pie, groupUsage: number, config: Config, accounts: Accounts) => {
  const fair = Math.max(0, share * pie.size - accounts.usage(name))
  const room =
    pie.group === undefined ? fair : Math.max(0, Math.fround(Math.fround(pie.group.quota) - Math.fround(groupUsage)))
  const limitUnclaimed = Math.min(fair, room)
  return { limit: config.considerPreemption ? fair : limitUnclaimed, limitUnclaimed }
}

/** Deals the pie until a spin gives nobody anything more. Gives the submitters that still want some. */
export const spin = (pie: Pie, table: Table, config: Config, accounts: Accounts): ReadonlyArray<Submitter> => {
  let waiting = pie.submitters
  for (let turn = 1; ; turn++) {
    const ignoreLimit = turn === 1 && config.considerPreemption
    const groupUsage = pie.group === undefined ? 0 : accounts.usage(pie.group.name)
    if (!ignoreLimit && pie.group !== undefined && groupUsage >= pie.group.quota) return waiting
    if (!config.considerPreemption) waiting = waiting.filter((submitter) => submitter.jobs.length > 0)
    const { worst, sum } = normalization(waiting, accounts)
    const shares = (submitter: Submitter) =>
      limitsOf(submitter.name, worst / (accounts.effective(submitter.name) * sum), pie, groupUsage, config, accounts)
    let left = waiting.reduce((all, submitter) => all + shares(submitter).limit, 0)
    if (!config.considerPreemption && left <= 0) return waiting
    if (turn === 1) waiting = inOrder(waiting, (submitter) => shares(submitter).limit, accounts)
    const before = { left, count: waiting.length }
    const again: Array<Submitter> = []
    for (const [i, submitter] of waiting.entries()) {
      if (!ignoreLimit && pie.group !== undefined && accounts.usage(pie.group.name) >= pie.group.quota) {
        again.push(...waiting.slice(i))
        break
      }
      const own = shares(submitter)
      const floor = pie.floorRound ? (accounts.get(submitter.name).floor ?? 0) : Number.POSITIVE_INFINITY
      const limits: Limits = {
        ...own,
        limit: Math.min(own.limit, floor, left),
        ceiling: headroom(submitter, accounts),
        ignoreLimit
      }
      const outcome = serve(submitter, limits, { turn, left, pie, table, config, accounts })
      left -= outcome.used
      if (outcome.next === "resume") again.push(submitter)
    }
    const progress = left < before.left || again.length < before.count
    waiting = again
    if (!progress || waiting.length === 0 || table.machines.length === 0 || pie.floorRound) return waiting
  }
}

const headroom = (submitter: Submitter, accounts: Accounts): number => {
  const { ceiling, usage } = accounts.get(submitter.name)
  return ceiling === undefined ? 2_147_483_647 : Math.max(0, ceiling - Math.trunc(usage))
}

interface Now {
  readonly turn: number
  readonly left: number
  readonly pie: Pie
  readonly table: Table
  readonly config: Config
  readonly accounts: Accounts
}

const serve = (
  submitter: Submitter,
  limits: Limits,
  now: Now
): { readonly next: "done" | "resume"; readonly used: number } => {
  const { turn, left, pie, table, config, accounts } = now
  const idle = submitter.jobs.some((job) => !table.matched.has(job.id))
  if (submitter.jobs.length === 0 || (!idle && turn === 1)) return { next: "done", used: 0 }
  if (turn > 1 && Math.min(limits.limit, left) < pie.weightMin) return { next: "resume", used: 0 }
  if (limits.ceiling === 0 || limits.ceiling < pie.weightMin) return { next: "done", used: 0 }
  const work = new Turn(submitter, limits, table, config, accounts)
  const next = work.run((weight, preempted) => pie.charge(submitter.name, weight, preempted))
  return { next, used: work.used }
}

/** Best priority first, then the hungriest; the collector's order for the rest. */
const inOrder = (submitters: ReadonlyArray<Submitter>, limit: (submitter: Submitter) => number, accounts: Accounts) => {
  const keyed = submitters.map((submitter) => {
    const usage = accounts.usage(submitter.name)
    const allowed = usage + limit(submitter)
    const starvation = allowed > 0 ? usage / allowed : Number.MAX_VALUE
    return {
      submitter,
      key: [accounts.effective(submitter.name), starvation, (submitter.lastHeardS ?? 0) % 1009] as const
    }
  })
  return keyed
    .sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1] || a.key[2] - b.key[2])
    .map(({ submitter }) => submitter)
}
