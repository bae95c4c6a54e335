// What becomes of a pool's slots between two negotiation cycles: the startds' part, which the tool plays for both sides.
import {
  adOf,
  evaluateAttribute,
  LivePool,
  type Machine,
  type QueuedJob
} from "../../../packages/simulator/src/engine/profiles/condor/index.ts"
import { Dice } from "./Dice.ts"
import type { Slot } from "./draw.ts"

/** A job that is to have a slot. */
export interface Taken {
  readonly job: QueuedJob
  readonly submitter: string
  readonly slot: string
}

export class World {
  readonly #live: LivePool

  constructor(slots: ReadonlyArray<Slot>) {
    const ads = slots.map((slot) => adOf(slot))
    const machines = ads.map((ad) => ({ name: String(evaluateAttribute(ad, "Name")), ad }))
    // Claims are never used again here, for the queue is the real schedd's.
    this.#live = new LivePool(machines, { claimWorklifeS: 0 })
  }

  get machines(): ReadonlyArray<Machine> {
    return this.#live.machines
  }

  /**
   * Goes on after a cycle's matches: one claim in seven fails, and one in four of the older ones ends. Gives the jobs that
   * run now and leave the queue.
   */
  next(matches: ReadonlyArray<Taken>, fate: number): ReadonlyArray<string> {
    const dice = new Dice(fate)
    const claimed = this.machines.filter(({ ad }) => evaluateAttribute(ad, "State") === "Claimed")
    const ending = claimed.filter(() => dice.chance(25)).map(({ name }) => name)
    const started = new Set<string>()
    for (const { job, slot, submitter } of matches) {
      if (dice.chance(15) || started.has(job.id)) continue
      this.#live.submit(submitter, [job])
      if (this.#live.claim({ request: job.id, slot, submitter }, 0) !== undefined) started.add(job.id)
    }
    const again = new Set(matches.map(({ slot }) => slot))
    for (const name of ending) if (!again.has(name)) this.#end(name)
    return [...started]
  }

  #end(slot: string): void {
    const running = this.#live.running.find((one) => one.slot === slot)
    if (running === undefined) this.#live.release(slot)
    else this.#live.end(running.job.id, 0)
  }
}
