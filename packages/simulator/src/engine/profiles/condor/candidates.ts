import type { Accounts } from "./Accounts.ts"
import type { ClassAd } from "./classad/ClassAd.ts"
import type { Expression } from "./classad/Expression.ts"
import { evaluate, evaluateAttribute, matches, rankOf } from "./classad/evaluate.ts"
import { parse } from "./classad/parse.ts"
import { holds, toNumber } from "./classad/Value.ts"
import { whyNot } from "./explain.ts"
import type { Config, Machine } from "./Pool.ts"

/** How a match treats the job on the slot now; a larger number is a milder way. */
export const preemption = { byPriority: 0, byRank: 1, none: 2 } as const

/** A slot that would take the job, with what it is ordered by. */
export interface Candidate {
  readonly machine: Machine
  readonly weight: number
  readonly preempts: (typeof preemption)[keyof typeof preemption]
  readonly remoteUser: string | undefined
  /** Larger is better, first component first. */
  readonly order: readonly [preJob: number, job: number, postJob: number, preempts: number, preemption: number]
}

/** Why a slot does not take a job. `policy` and `rank` are refused preemptions. */
export interface SlotRefusal {
  readonly slot: string
  readonly kind: "requirements" | "unclaimed" | "policy" | "rank" | "sameUser" | "limit"
  readonly why: string
}

const lowest = -3.4028234663852886e38
const preferred = parse("MY.Rank > MY.CurrentRank")
const noWorse = parse("MY.Rank >= MY.CurrentRank")

/** What a slot costs its user. */
export const slotWeight = (ad: ClassAd): number => {
  const weight = toNumber(evaluateAttribute(ad, "SlotWeight"))
  return weight === undefined || weight < 0 ? 1 : weight
}

const text = (ad: ClassAd, name: string): string | undefined => {
  const value = evaluateAttribute(ad, name)
  return typeof value === "string" ? value : undefined
}

/** Who holds the slot, or is about to take it. */
export const holderOf = (ad: ClassAd): string | undefined =>
  text(ad, "PreemptingAccountingGroup") ??
  text(ad, "PreemptingUser") ??
  text(ad, "AccountingGroup") ??
  text(ad, "RemoteUser")

/** The slot as the negotiator looks at it: with its holder's priority and use in it. */
export const withHolder = (machine: Machine, accounts: Accounts): Machine => {
  const holder = holderOf(machine.ad)
  const pending = toNumber(evaluateAttribute(machine.ad, "PreemptingRank"))
  if (holder === undefined && pending === undefined) return machine
  return {
    name: machine.name,
    ad: machine.ad.with({
      ...(holder === undefined
        ? {}
        : {
            RemoteUserPrio: Math.fround(accounts.effective(holder)),
            RemoteUserResourcesInUse: accounts.usage(holder)
          }),
      ...(pending === undefined ? {} : { CurrentRank: pending })
    })
  }
}

/** Whether the slots the negotiator may hand out include this one. */
export const isOffered = (ad: ClassAd, considerPreemption: boolean): boolean => {
  const claimed = text(ad, "State") === "Claimed" || text(ad, "State") === "Preempting"
  const partitionable = holds(evaluateAttribute(ad, "PartitionableSlot"))
  if (partitionable) return !claimed || evaluateAttribute(ad, "WantMatching") !== false
  if (!considerPreemption) return !claimed
  return (toNumber(evaluateAttribute(ad, "RetirementTimeRemaining")) ?? 0) <= 0
}

interface Request {
  readonly ad: ClassAd
  readonly submitter: string
  /** Only slots that prefer this job to their own: its user's share is used up. */
  readonly onlyPreferred: boolean
}

/** The slots are ranked in single precision except by the job's own Rank. */
const ranks = (config: Config, request: ClassAd, slot: ClassAd, preempts: number): Candidate["order"] => {
  const negotiator = (expression: Expression): number => Math.fround(rankOf(expression, slot, request, lowest))
  return [
    negotiator(config.preJobRank),
    rankOf(request.lookup("Rank"), request, slot, 0),
    negotiator(config.postJobRank),
    preempts,
    preempts === preemption.none ? lowest : negotiator(config.preemptionRank)
  ]
}

/** Whether and how a slot takes the job, limits aside. */
export const consider = (request: Request, machine: Machine, config: Config): Candidate | SlotRefusal => {
  const slot = machine.ad
  const refused = (kind: SlotRefusal["kind"], why: string): SlotRefusal => ({ slot: machine.name, kind, why })
  if (!matches(request.ad, slot)) return refused("requirements", whyNot(request.ad, slot) ?? "the two do not match")
  const remoteUser = config.considerPreemption ? holderOf(slot) : undefined
  const accepted = (preempts: Candidate["preempts"]): Candidate => ({
    machine,
    weight: slotWeight(slot),
    preempts,
    remoteUser,
    order: ranks(config, request.ad, slot, preempts)
  })
  const scope = { my: slot, target: request.ad }
  if (remoteUser === undefined) {
    return request.onlyPreferred ? refused("unclaimed", "the submitter's share is used up") : accepted(preemption.none)
  }
  if (evaluate(preferred, scope) === true) return accepted(preemption.byRank)
  if (request.onlyPreferred) return refused("rank", "the slot does not prefer this job to the one it runs")
  if (remoteUser === request.submitter) return refused("sameUser", "the same user's job runs there")
  if (!holds(evaluate(config.preemptionRequirements, scope)))
    return refused("policy", "PREEMPTION_REQUIREMENTS is not true")
  return evaluate(noWorse, scope) === true
    ? accepted(preemption.byPriority)
    : refused("rank", "the slot prefers the job it runs")
}

/** Best first; equals stay in the collector's order. */
export const bestFirst = (a: Candidate, b: Candidate): number => {
  for (let i = 0; i < a.order.length; i++) {
    const [x, y] = [a.order[i] as number, b.order[i] as number]
    if (x !== y) return x > y ? -1 : 1
  }
  return 0
}
