import type { Accounts } from "./Accounts.ts"
import { type ConcurrencyLimits, limitsOf } from "./ConcurrencyLimits.ts"
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

/** Why a request got no slot, as the negotiator says it. */
export type RefusalReason =
  | `concurrency limit ${string} reached`
  | "PREEMPTION_REQUIREMENTS == False"
  | "submitter limit exceeded"
  | "no match found"

/** A request that got none, in the negotiator's words, with the reason of each slot. */
export interface Refusal {
  readonly kind: "refusal"
  readonly submitter: string
  readonly job: string
  readonly request: string
  readonly reason: RefusalReason
  readonly slots: ReadonlyArray<SlotRefusal>
}

/** What the cycle has left to give and what it has decided. */
export interface Table {
  readonly machines: Array<Machine>
  readonly decisions: Array<Match | Refusal>
  readonly matched: Set<string>
  readonly limits: ConcurrencyLimits
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

/** The slots for jobs that are alike, made once and used up from the front as one job after the other takes its own. */
interface MatchList {
  readonly candidates: Array<Candidate>
  readonly refusals: Array<SlotRefusal>
}

const reasonOf = (slots: ReadonlyArray<SlotRefusal>): RefusalReason => {
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
  /** Whether the last request that got past its concurrency limits saw a slot over the submitter's limit. */
  #sawLimit = false
  readonly #reached = new Set<string>()

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
      let list: MatchList | undefined
      let onlyPreferred = false
      let isFirst = true
      for (const job of request.jobs) {
        const over = this.used >= this.#limits.limit
        if ((over && !this.#limits.ignoreLimit) || this.used >= this.#limits.ceiling) return "resume"
        if (this.#isOverConcurrency(job, request.jobs[0] as Job)) {
          rejected.add(request.autoCluster)
          break
        }
        if (list === undefined || over !== onlyPreferred) {
          onlyPreferred = over
          list = this.#rank(job, onlyPreferred)
          isFirst = true
        }
        const given = this.#give(job, request.jobs[0] as Job, list, isFirst)
        isFirst = false
        if (given === undefined) {
          rejected.add(request.autoCluster)
          break
        }
        charge(given.weight, given.remoteUser)
      }
    }
    return this.used >= this.#limits.limit || this.#limited ? "resume" : "done"
  }

  /** Concurrency limits come before all slots. */
  #isOverConcurrency(job: Job, first: Job): boolean {
    const asked = limitsOf(job.ad)
    const reached = asked === undefined ? undefined : this.#table.limits.reached(asked)
    if (reached === undefined) {
      this.#reached.clear()
      return false
    }
    // All that were reached since one of this submitter's requests got past its limits are named together.
    this.#reached.add(reached)
    // The negotiator does not forget what the request before saw of the submitter's limit.
    this.#limited ||= this.#sawLimit
    this.#refuse(job, first, `concurrency limit ${[...this.#reached].sort().join(", ")} reached`, [])
    return true
  }

  #refuse(job: Job, first: Job, reason: RefusalReason, slots: ReadonlyArray<SlotRefusal>): void {
    const submitter = this.#submitter.name
    this.#table.decisions.push({ kind: "refusal", submitter, job: job.id, request: first.id, reason, slots })
  }

  #rank(job: Job, onlyPreferred: boolean): MatchList {
    const submitter = this.#submitter.name
    const ad = job.ad.with({ SubmitterUserPrio: this.#priority, SubmittorPrio: this.#priority })
    const candidates: Array<Candidate> = []
    const refusals: Array<SlotRefusal> = []
    for (const machine of this.#table.machines) {
      const outcome = consider({ ad, submitter, onlyPreferred }, machine, this.#config)
      if (!("order" in outcome)) refusals.push(outcome)
      else if (this.#permits(outcome)) candidates.push(outcome)
      else refusals.push(this.#overLimit(outcome))
    }
    this.#sawLimit = refusals.some((slot) => slot.kind === "limit")
    return { candidates: candidates.sort(bestFirst), refusals }
  }

  #permitsUnclaimed({ weight }: Candidate): boolean {
    return limitPermits(weight, this.usedUnclaimed, this.#limits.limitUnclaimed)
  }

  /** A slot that prefers the job may be had over any limit. */
  #permits(candidate: Candidate): boolean {
    if (candidate.preempts === preemption.byRank) return true
    if (candidate.preempts === preemption.none) return this.#permitsUnclaimed(candidate)
    return limitPermits(candidate.weight, this.used, this.#limits.limit)
  }

  /**
   * The check for all but the first job of a list differs from the one above: the limit holds for slots that prefer the job
   * too, and a slot to preempt passes with either limit. What fails here is not asked again for this list.
   */
  #permitsNext(candidate: Candidate): boolean {
    const preempts = candidate.preempts !== preemption.none
    return (
      (preempts && limitPermits(candidate.weight, this.used, this.#limits.limit)) || this.#permitsUnclaimed(candidate)
    )
  }

  #overLimit({ machine, weight }: Candidate): SlotRefusal {
    const why = `it costs ${weight}, and ${this.used} of ${this.#limits.limit} are used`
    return { slot: machine.name, kind: "limit", why }
  }

  #pop(list: MatchList, isFirst: boolean): Candidate | undefined {
    for (let best = list.candidates.shift(); best !== undefined; best = list.candidates.shift()) {
      if (isFirst || this.#permitsNext(best)) return best
      list.refusals.push(this.#overLimit(best))
    }
    return undefined
  }

  #give(job: Job, first: Job, list: MatchList, isFirst: boolean): Candidate | undefined {
    const submitter = this.#submitter.name
    const best = this.#pop(list, isFirst)
    if (best === undefined) {
      const slots = [...list.refusals]
      this.#sawLimit = slots.some((slot) => slot.kind === "limit")
      this.#limited ||= this.#sawLimit
      this.#refuse(job, first, reasonOf(slots), slots)
      return undefined
    }
    const equals = list.candidates.filter((other) => bestFirst(best, other) === 0)
    this.#table.machines.splice(this.#table.machines.indexOf(best.machine), 1)
    // A slot that is never claimed leaves the job in the queue, to be matched again in the next spin.
    if (evaluateAttribute(best.machine.ad, "WantClaiming") !== false) this.#table.matched.add(job.id)
    // A slot that its own user takes over is no new match to the accountant, which counts the limits.
    if (best.remoteUser !== submitter) this.#table.limits.takeFor(job.ad, best.machine.ad)
    this.#table.decisions.push({
      kind: "match",
      submitter,
      job: job.id,
      request: first.id,
      slot: best.machine.name,
      preempts: best.remoteUser,
      ties: [best, ...equals].map((candidate) => candidate.machine.name)
    })
    this.used += best.weight
    if (best.remoteUser === undefined) this.usedUnclaimed += best.weight
    return best
  }
}
