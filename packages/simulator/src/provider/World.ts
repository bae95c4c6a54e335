import { uniformInteger } from "../engine/math/sample.ts"
import { Stream } from "../engine/Stream.ts"
import { Streams } from "../engine/Streams.ts"
import { eventClasses, VirtualTime } from "../time/VirtualTime.ts"
import { DocumentStore } from "./DocumentStore.ts"
import { FaultDice } from "./FaultDice.ts"
import { type FaultPlan, quiet } from "./FaultPlan.ts"
import { Market } from "./Market.ts"
import type { Profile, Span } from "./Profile.ts"
import { Trace } from "./Trace.ts"

export interface WorldOptions {
  readonly profile: Profile
  readonly seed: number
  readonly faults?: FaultPlan
  readonly time?: VirtualTime
  /** Where the lines of the trace go. */
  readonly onTrace?: (chunk: string) => void
}

/** What machines and pods have in common: one time, one seed, one trace, and the documents kept at the backend. */
export class World {
  readonly profile: Profile
  readonly seed: number
  readonly faults: FaultPlan
  readonly time: VirtualTime
  readonly streams: Streams
  readonly dice: FaultDice
  readonly market: Market
  readonly trace: Trace
  readonly goals = new DocumentStore()
  readonly documents = new DocumentStore()
  /** How far the provider's clock is off. */
  readonly clockSkewMs: number

  constructor({ faults = quiet, onTrace, profile, seed, time = new VirtualTime() }: WorldOptions) {
    this.profile = profile
    this.seed = seed
    this.faults = faults
    this.time = time
    this.streams = new Streams(seed)
    this.dice = new FaultDice(faults, this.streams, () => time.elapsedMs)
    this.market = new Market(seed, profile.market, profile.offerings)
    this.trace = new Trace(onTrace)
    const skewMsMax = faults.world.clockSkewMsMax
    this.clockSkewMs = skewMsMax === 0 ? 0 : uniformInteger(this.stream("clock"), -skewMsMax, skewMsMax)
  }

  /** The time by the provider's clock, as it stamps what it makes. */
  get stampMs(): number {
    return this.time.nowMs + this.clockSkewMs
  }

  /** A stream of one thing alone, so that nothing else shifts what becomes of it. */
  stream(name: string): Stream {
    return Stream.fromSeed(this.seed, name)
  }

  /** How long something of one thing takes. */
  lengthOf(what: string, { max, min }: Span): number {
    return max === min ? min : uniformInteger(this.stream(what), min, max)
  }

  /** Has something happen in the world. */
  after(delayMs: number, action: () => void): void {
    this.time.after(delayMs, eventClasses.world, action)
  }

  note(kind: string, ...names: ReadonlyArray<string | number>): void {
    this.trace.note(this.time.elapsedMs, kind, ...names)
  }
}
