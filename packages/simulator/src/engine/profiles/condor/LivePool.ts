import { limitsOf, limitsOfMatch } from "./ConcurrencyLimits.ts"
import type { ClassAd } from "./classad/ClassAd.ts"
import { evaluateAttribute, matches } from "./classad/evaluate.ts"
import { holds, toNumber } from "./classad/Value.ts"
import type { Match } from "./negotiate.ts"
import type { Machine, Submitter } from "./Pool.ts"
import { carve, defaultRounding, type Rounding } from "./partition.ts"
import { type QueuedJob, queueOf, queueOrder } from "./schedd.ts"

/** A job in a slot of its own. */
export interface Running {
  readonly job: QueuedJob
  readonly submitter: string
  readonly slot: string
  readonly claimedS: number
  /** How the slot ranked the job that it was claimed for: the claim is not used again for a less welcome one. */
  readonly claimRank: number
  /** The concurrency limits that the schedd knows its claim to be counted for. A startd that gives what is free has it forget them. */
  readonly limits: string | undefined
  /** The partitionable slot that it was cut from. One that was taken from somebody else leaves nothing to go on with. */
  readonly cutFrom: string | undefined
}

type Claim = Pick<Running, "submitter" | "claimedS" | "claimRank" | "limits">

/** What a live pool is made of. */
export interface LivePoolOptions {
  readonly rounding?: Rounding
  /** How long a claim is used again for its user's next jobs: CLAIM_WORKLIFE, negative for ever. */
  readonly claimWorklifeS?: number
}

const sizes = ["Cpus", "Memory", "Disk"] as const
const unclaimed = { State: "Unclaimed", Activity: "Idle", CurrentRank: 0 }
const claimAttributes = ["RemoteUser", "RemoteOwner", "AccountingGroup", "ConcurrencyLimits", "JobId"] as const
const noClaim = Object.fromEntries(claimAttributes.map((name) => [name, undefined]))

const rankOf = (slot: ClassAd, job: ClassAd): number => toNumber(evaluateAttribute(slot, "Rank", job)) ?? 0
const currentRank = (slot: ClassAd): number => toNumber(evaluateAttribute(slot, "CurrentRank")) ?? 0

/**
 * Schedds and startds between negotiation cycles: slots are cut, jobs start and end, claims are used again or given back.
 * `machines` are then what the collector shows to the next cycle.
 */
export class LivePool {
  readonly #rounding: Rounding
  readonly #claimWorklifeS: number
  readonly #machines: Map<string, Machine>
  readonly #running = new Map<string, Running>()
  readonly #idle = new Map<string, ReadonlyArray<QueuedJob>>()
  #evicted: ReadonlyArray<Running> = []

  constructor(machines: ReadonlyArray<Machine>, options: LivePoolOptions = {}) {
    this.#machines = new Map(machines.map((machine) => [machine.name, machine] as const))
    this.#rounding = options.rounding ?? defaultRounding
    this.#claimWorklifeS = options.claimWorklifeS ?? 1200
  }

  /** All slots with their ads as they are now. */
  get machines(): ReadonlyArray<Machine> {
    return [...this.#machines.values()]
  }

  get running(): ReadonlyArray<Running> {
    return [...this.#running.values()]
  }

  /** Who has idle jobs, and which, in the order in which they are served. */
  get submitters(): ReadonlyArray<Submitter> {
    return [...this.#idle].flatMap(([name, jobs]) =>
      jobs.length === 0 ? [] : [{ name, jobs: queueOf(jobs, this.machines) }]
    )
  }

  submit(submitter: string, jobs: ReadonlyArray<QueuedJob>): void {
    this.#idle.set(submitter, [...this.#queue(submitter), ...jobs].sort(queueOrder))
  }

  #machine(name: string): Machine {
    const machine = this.#machines.get(name)
    if (machine === undefined) throw new Error(`condor: there is no slot ${name}`)
    return machine
  }

  #queue(submitter: string): ReadonlyArray<QueuedJob> {
    return this.#idle.get(submitter) ?? []
  }

  /** Carries out a cycle's matches, then fills what is left of each partitionable slot. */
  start(made: ReadonlyArray<Match>, nowS: number): void {
    const begun = made.flatMap((match) => {
      const running = this.claim(match, nowS)
      return running === undefined ? [] : [running]
    })
    for (const first of begun) while (this.fill(first, nowS) !== undefined);
    this.requeue()
  }

  /** Jobs that lost their slots are idle again: too late for what was left of this cycle's slots. */
  requeue(): void {
    for (const { job, submitter } of this.#evicted) this.submit(submitter, [job])
    this.#evicted = []
  }

  /**
   * Gives a matched slot to the job the match was asked for, whoever had the slot. Where that job has one already, to the
   * user's first one that fits. Undefined where there is none, or the startd refuses: the request is too large.
   */
  claim(
    { request, slot, submitter }: Pick<Match, "request" | "slot" | "submitter">,
    nowS: number
  ): Running | undefined {
    const machine = this.#machine(slot)
    const matched = this.#queue(submitter).find(({ id }) => id === request) ?? this.#running.get(request)?.job
    const limits = matched && limitsOfMatch(matched.ad, machine.ad)
    const rank = currentRank(machine.ad)
    const job = this.#queue(submitter).find(({ id }) => id === request) ?? this.#next(submitter, machine, rank, limits)
    return job && this.#give(job, machine, { submitter, claimedS: nowS, limits })
  }

  /** Cuts a slot for the user's next job out of what `first`, whose slot was matched, left of a partitionable one. */
  fill(first: Running, nowS: number): Running | undefined {
    const parent = first.cutFrom === undefined ? undefined : this.#machine(first.cutFrom)
    const next = parent && this.#next(first.submitter, parent, currentRank(parent.ad))
    return next && this.#give(next, parent, { submitter: first.submitter, claimedS: nowS, limits: undefined })
  }

  /** A job is over. Its claim goes to the user's next job that fits, else back. Gives what runs in its place. */
  end(id: string, nowS: number): Running | undefined {
    const ended = this.#running.get(id)
    if (ended === undefined) throw new Error(`condor: job ${id} does not run`)
    this.#running.delete(id)
    const machine = this.#machine(ended.slot)
    const isYoung = nowS - ended.claimedS < this.#claimWorklifeS || this.#claimWorklifeS < 0
    const job = isYoung ? this.#next(ended.submitter, machine, ended.claimRank, ended.limits) : undefined
    if (job !== undefined) return this.#run(job, machine, ended)
    this.release(ended.slot)
    return undefined
  }

  /** The user's first job for a slot that ranks it so high at least. One with other concurrency limits would be counted wrongly. */
  #next(submitter: string, { ad }: Machine, rank: number, limits?: string): QueuedJob | undefined {
    return this.#queue(submitter).find(
      (job) => limitsOf(job.ad, ad) === limits && matches(job.ad, ad) && rankOf(ad, job.ad) >= rank
    )
  }

  #give(job: QueuedJob, machine: Machine, taken: Omit<Claim, "claimRank">): Running | undefined {
    const place = this.#place(machine, job)
    if (place === undefined) return undefined
    const losers = this.running.filter(({ slot }) => slot === place.name)
    this.#evicted = [...this.#evicted, ...losers]
    for (const loser of losers) this.#running.delete(loser.job.id)
    const limits = losers.length > 0 ? taken.limits : undefined
    const claim = { ...taken, limits, claimRank: rankOf(place.ad, job.ad) }
    return this.#run(job, place, claim, place === machine ? undefined : machine.name)
  }

  #place(machine: Machine, job: QueuedJob): Machine | undefined {
    if (!holds(evaluateAttribute(machine.ad, "PartitionableSlot"))) return machine
    let number = 1
    while (this.#machines.has(machine.name.replace("@", `_${number}@`))) number++
    const carved = carve(machine, job.ad, number, this.#rounding)
    if (carved !== undefined) this.#machines.set(machine.name, carved.rest)
    return carved?.dynamic
  }

  #run(job: QueuedJob, { ad, name }: Machine, claim: Claim, cutFrom?: string): Running {
    const { submitter } = claim
    const attributes = {
      State: "Claimed",
      Activity: "Busy",
      RemoteUser: submitter,
      RemoteOwner: submitter,
      AccountingGroup: submitter,
      CurrentRank: rankOf(ad, job.ad),
      ConcurrencyLimits: limitsOfMatch(job.ad, ad),
      JobId: job.id
    }
    this.#idle.set(
      submitter,
      this.#queue(submitter).filter(({ id }) => id !== job.id)
    )
    this.#machines.set(name, { name, ad: ad.with(attributes) })
    const running = { ...claim, job, slot: name, cutFrom }
    this.#running.set(job.id, running)
    return running
  }

  #parentOf(slot: string): Machine | undefined {
    if (!holds(evaluateAttribute(this.#machine(slot).ad, "DynamicSlot"))) return undefined
    return this.#machines.get(slot.replace(/_\d+@/, "@"))
  }

  /** Ends a claim: the slot is free, or goes back into the one it was cut from. */
  release(slot: string): void {
    const machine = this.#machine(slot)
    const parent = this.#parentOf(slot)
    if (parent === undefined) {
      this.#machines.set(slot, { name: slot, ad: machine.ad.with({ ...noClaim, ...unclaimed }) })
      return
    }
    const size = (ad: ClassAd, name: string): number => toNumber(evaluateAttribute(ad, name)) ?? 0
    const whole = sizes.map((name) => [name, BigInt(size(parent.ad, name) + size(machine.ad, name))] as const)
    this.#machines.delete(slot)
    this.#machines.set(parent.name, { name: parent.name, ad: parent.ad.with(Object.fromEntries(whole)) })
  }
}
