import { limitsOf } from "./ConcurrencyLimits.ts"
import type { ClassAd } from "./classad/ClassAd.ts"
import { evaluateAttribute } from "./classad/evaluate.ts"
import { holds, toNumber } from "./classad/Value.ts"
import type { Match } from "./negotiate.ts"
import type { Machine, Submitter } from "./Pool.ts"
import { carve, defaultRounding, type Rounding } from "./partition.ts"
import { type QueuedJob, queueOf, queueOrder, reuseClaim } from "./schedd.ts"

/** A job in a slot of its own. */
export interface Running {
  readonly job: QueuedJob
  readonly submitter: string
  readonly slot: string
  readonly claimedS: number
}

/** What a live pool is made of. */
export interface LivePoolOptions {
  readonly rounding?: Rounding
  /** How long a claim is used again for its user's next jobs: CLAIM_WORKLIFE. */
  readonly claimWorklifeS?: number
}

const sizes = ["Cpus", "Memory", "Disk"] as const
const unclaimed = { State: "Unclaimed", Activity: "Idle", CurrentRank: 0 }
const claimAttributes = ["RemoteUser", "RemoteOwner", "AccountingGroup", "ConcurrencyLimits", "JobId"] as const
const noClaim = Object.fromEntries(claimAttributes.map((name) => [name, undefined]))

const rankOf = (slot: ClassAd, job: ClassAd): number => toNumber(evaluateAttribute(slot, "Rank", job)) ?? 0

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

  #takeIdle(submitter: string, id: string): QueuedJob | undefined {
    const jobs = this.#queue(submitter)
    this.#idle.set(
      submitter,
      jobs.filter((job) => job.id !== id)
    )
    return jobs.find((job) => job.id === id)
  }

  /** Carries out a cycle's matches, then fills what is left of each partitionable slot. */
  start(matches: ReadonlyArray<Match>, nowS: number): void {
    const begun = matches.flatMap((match) => {
      const running = this.claim(match, nowS)
      return running === undefined ? [] : [running]
    })
    for (const first of begun) while (this.fill(first, nowS) !== undefined);
  }

  /** Gives a matched job its slot, whoever had it. Undefined where the startd refuses: the rounded request is too large. */
  claim({ job: id, slot, submitter }: Pick<Match, "job" | "slot" | "submitter">, nowS: number): Running | undefined {
    const job = this.#takeIdle(submitter, id)
    if (job === undefined) return undefined
    for (const loser of this.running.filter((running) => running.slot === slot)) {
      this.#running.delete(loser.job.id)
      this.submit(loser.submitter, [loser.job])
    }
    const place = this.#place(this.#machine(slot), job)
    if (place === undefined) {
      this.submit(submitter, [job])
      return undefined
    }
    return this.#run(job, submitter, place, nowS)
  }

  /** Cuts a slot for the user's next job out of what `first`, whose slot was matched, left of a partitionable one. */
  fill(first: Running, nowS: number): Running | undefined {
    const parent = this.#parentOf(first.slot)
    const next = parent && this.#next(first, parent, 0)
    return next && this.claim({ job: next.id, slot: parent.name, submitter: first.submitter }, nowS)
  }

  /** A job is over. Its claim goes to the user's next job that fits, else back. Gives what runs in its place. */
  end(id: string, nowS: number): Running | undefined {
    const ended = this.#running.get(id)
    if (ended === undefined) throw new Error(`condor: job ${id} does not run`)
    this.#running.delete(id)
    const machine = this.#machine(ended.slot)
    const next = this.#next(ended, machine, nowS - ended.claimedS)
    const job = next && this.#takeIdle(ended.submitter, next.id)
    if (job !== undefined) return this.#run(job, ended.submitter, machine, ended.claimedS)
    this.release(ended.slot)
    return undefined
  }

  /** The next job of the same user for a claim. One with other concurrency limits would be counted wrongly. */
  #next({ job, submitter }: Running, machine: Machine, claimedS: number): QueuedJob | undefined {
    const alike = this.#queue(submitter).filter((other) => limitsOf(other.ad) === limitsOf(job.ad))
    return reuseClaim(machine, alike, claimedS, this.#claimWorklifeS)
  }

  #place(machine: Machine, job: QueuedJob): Machine | undefined {
    if (!holds(evaluateAttribute(machine.ad, "PartitionableSlot"))) return machine
    let number = 1
    while (this.#machines.has(machine.name.replace("@", `_${number}@`))) number++
    const carved = carve(machine, job.ad, number, this.#rounding)
    if (carved !== undefined) this.#machines.set(machine.name, carved.rest)
    return carved?.dynamic
  }

  #run(job: QueuedJob, submitter: string, { ad, name }: Machine, claimedS: number): Running {
    const claim = {
      State: "Claimed",
      Activity: "Busy",
      RemoteUser: submitter,
      RemoteOwner: submitter,
      AccountingGroup: submitter,
      CurrentRank: rankOf(ad, job.ad),
      ConcurrencyLimits: limitsOf(job.ad, ad),
      JobId: job.id
    }
    this.#machines.set(name, { name, ad: ad.with(claim) })
    const running = { job, submitter, slot: name, claimedS }
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
