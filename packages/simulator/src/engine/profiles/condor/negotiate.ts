import type { Accounts } from "./Accounts.ts"
import { bestFirst, type Candidate, consider, preemption, type SlotRefusal } from "./candidates.ts"
import { evaluateAttribute } from "./classad/evaluate.ts"
import type { Config, Job, Machine, Submitter } from "./Pool.ts"
import { requestsOf } from "./requests.ts"

/** A job that got a slot. */
export interface Match {
  readonly kind: "match"
  readonly submitter: string
  readonly job: string
  /** The first job of the request this one is part of, which is the one the negotiator's log names. */
  readonly request: string
  readonly slot: string
  readonly preempts: string | undefined
  /** Slots that were just as good, this one included. */
  readonly ties: ReadonlyArray<string>
}

/** A request that got none, in the negotiator's words, with the reason of each slot. */
export interface Refusal {
  readonly kind: "refusal"
  readonly submitter: string
  readonly job: string
  readonly request: string
  readonly reason: "PREEMPTION_REQUIREMENTS == False" | "submitter limit exceeded" | "no match found"
  readonly slots: ReadonlyArray<SlotRefusal>
}

/** What the cycle has left to give and what it has decided. */
export interface Table {
  readonly machines: Array<Machine>
  readonly decisions: Array<Match | Refusal>
  readonly matched: Set<string>
}

/** What one submitter may take in one spin. */
export interface Limits {
  readonly limit: number
  readonly limitUnclaimed: number
  readonly ceiling: number
  /** On the first spin a submitter over its limit may still take slots that prefer its jobs. */
  readonly ignoreLimit: boolean
}

/** Within the limit, or once over it when nothing is used yet: else no one could take the last crumbs. */
export const limitPermits = (cost: number, used: number, allowed: number): boolean =>
  used + cost <= allowed || (used <= 0 && allowed > 0)

interface Ranked {
  readonly candidates: Array<Candidate>
  readonly refusals: ReadonlyArray<SlotRefusal>
}

const rank = (request: Parameters<typeof consider>[0], machines: ReadonlyArray<Machine>, config: Config): Ranked => {
  const candidates: Array<Candidate> = []
  const refusals: Array<SlotRefusal> = []
  for (const machine of machines) {
    const outcome = consider(request, machine, config)
    if ("order" in outcome) candidates.push(outcome)
    else refusals.push(outcome)
  }
  return { candidates: candidates.sort(bestFirst), refusals }
}

const reasonOf = (slots: ReadonlyArray<SlotRefusal>): Refusal["reason"] => {
  if (slots.some((slot) => slot.kind === "policy")) return "PREEMPTION_REQUIREMENTS == False"
  return slots.some((slot) => slot.kind === "limit") ? "submitter limit exceeded" : "no match found"
}

/** One submitter's turn in a spin: its requests in order until it is served or has its share. */
export class Turn {
  readonly #submitter: Submitter
  readonly #limits: Limits
  readonly #table: Table
  readonly #config: Config
  readonly #priority: number
  /** Cost of what was matched in this turn, and of that part which was nobody's. */
  used = 0
  usedUnclaimed = 0
  #limited = false

  constructor(submitter: Submitter, limits: Limits, table: Table, config: Config, accounts: Accounts) {
    this.#submitter = submitter
    this.#limits = limits
    this.#table = table
    this.#config = config
    this.#priority = accounts.effective(submitter.name)
  }

  /** Negotiates; calls `charge` for each match; says whether the submitter wants another spin. */
  run(charge: (weight: number, preempted: string | undefined) => void): "done" | "resume" {
    const rejected = new Set<number>()
    const waiting = this.#submitter.jobs.filter((job) => !this.#table.matched.has(job.id))
    for (const request of requestsOf(waiting)) {
      if (rejected.has(request.autoCluster)) continue
      let ranked: Ranked | undefined
      let onlyPreferred = false
      for (const job of request.jobs) {
        const over = this.used >= this.#limits.limit
        if ((over && !this.#limits.ignoreLimit) || this.used >= this.#limits.ceiling) return "resume"
        if (ranked === undefined || over !== onlyPreferred || this.#unstable(ranked)) {
          onlyPreferred = over
          const ad = job.ad.with({ SubmitterUserPrio: this.#priority, SubmittorPrio: this.#priority })
          ranked = rank({ ad, submitter: this.#submitter.name, onlyPreferred }, this.#table.machines, this.#config)
        }
        const given = this.#give(job, request.jobs[0] as Job, ranked)
        if (given === undefined) {
          rejected.add(request.autoCluster)
          break
        }
        charge(given.weight, given.remoteUser)
      }
    }
    return this.used >= this.#limits.limit || this.#limited ? "resume" : "done"
  }

  /** The order of slots to preempt depends on how much their users hold, which changes with every match. */
  #unstable(ranked: Ranked): boolean {
    return ranked.candidates.some((candidate) => candidate.preempts !== preemption.none)
  }

  #permits(candidate: Candidate): boolean {
    if (candidate.preempts === preemption.byRank) return true
    return candidate.preempts === preemption.none
      ? limitPermits(candidate.weight, this.usedUnclaimed, this.#limits.limitUnclaimed)
      : limitPermits(candidate.weight, this.used, this.#limits.limit)
  }

  #give(job: Job, first: Job, ranked: Ranked): Candidate | undefined {
    const submitter = this.#submitter.name
    const at = ranked.candidates.findIndex((candidate) => this.#permits(candidate))
    const best = ranked.candidates[at]
    if (best === undefined) {
      const limited = ranked.candidates.map(({ machine, weight }) => ({
        slot: machine.name,
        kind: "limit" as const,
        why: `it costs ${weight}, and ${this.used} of ${this.#limits.limit} are used`
      }))
      const slots = [...ranked.refusals, ...limited]
      this.#limited ||= limited.length > 0
      this.#table.decisions.push({
        kind: "refusal",
        submitter,
        job: job.id,
        request: first.id,
        reason: reasonOf(slots),
        slots
      })
      return undefined
    }
    const ties = ranked.candidates.filter((other) => bestFirst(best, other) === 0).map((other) => other.machine.name)
    ranked.candidates.splice(at, 1)
    this.#table.machines.splice(this.#table.machines.indexOf(best.machine), 1)
    // A slot that is never claimed leaves the job in the queue, to be matched again in the next spin.
    if (evaluateAttribute(best.machine.ad, "WantClaiming") !== false) this.#table.matched.add(job.id)
    this.#table.decisions.push({
      kind: "match",
      submitter,
      job: job.id,
      request: first.id,
      slot: best.machine.name,
      preempts: best.remoteUser,
      ties
    })
    this.used += best.weight
    if (best.remoteUser === undefined) this.usedUnclaimed += best.weight
    return best
  }
}
