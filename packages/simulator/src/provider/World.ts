import { none } from "@orrery/core"
import { uniformInteger } from "../engine/math/sample.ts"
import { Stream } from "../engine/Stream.ts"
import { Streams } from "../engine/Streams.ts"
import { gpusOf } from "../engine/world/Gpus.ts"
import { Trace } from "../engine/world/Trace.ts"
import { World as NodesAndPods } from "../engine/world/World.ts"
import { type Named, worldEvents } from "../engine/world/WorldEvent.ts"
import { eventClasses, VirtualTime } from "../time/VirtualTime.ts"
import { DocumentStore } from "./DocumentStore.ts"
import { FaultDice } from "./FaultDice.ts"
import { type FaultPlan, quiet } from "./FaultPlan.ts"
import { Market } from "./Market.ts"
import type { SimPod } from "./PodHouse.ts"
import type { Profile, Span } from "./Profile.ts"
import { Shortages } from "./Shortages.ts"
import { nameOf, type SimMachine, type SimNode } from "./SimMachine.ts"

export interface WorldOptions {
  readonly profile: Profile
  readonly seed: number
  readonly faults?: FaultPlan
  readonly time?: VirtualTime
  /** Where the lines of the trace go. */
  readonly onTrace?: (chunk: string) => void
}

/**
 * The engine's world of nodes and pods, run by a backend: with one time, one seed, the manners of its profile, and the
 * documents that are kept there.
 */
export class World extends NodesAndPods<SimNode, SimPod> {
  readonly profile: Profile
  readonly seed: number
  readonly faults: FaultPlan
  readonly time: VirtualTime
  readonly streams: Streams
  readonly dice: FaultDice
  readonly market: Market
  readonly shortages: Shortages
  readonly goals = new DocumentStore()
  readonly documents = new DocumentStore()
  /** How far the provider's clock is off. */
  readonly clockSkewMs: number
  private readonly pools = new Map<string, Named>()
  private serial = 0

  constructor({ faults = quiet, onTrace, profile, seed, time = new VirtualTime() }: WorldOptions) {
    super(new Trace(worldEvents, onTrace === undefined ? {} : { onTrace }))
    this.profile = profile
    this.seed = seed
    this.faults = faults
    this.time = time
    this.streams = new Streams(seed)
    this.dice = new FaultDice(faults, this.streams, () => time.elapsedMs)
    this.market = new Market(seed, profile.market, profile.offerings, faults.world.repricedPerMille)
    this.shortages = new Shortages(seed, faults.world)
    const skewMsMax = faults.world.clockSkewMsMax
    this.clockSkewMs = skewMsMax === 0 ? 0 : uniformInteger(this.stream("clock"), -skewMsMax, skewMsMax)
  }

  override get nowMs(): number {
    return this.time.elapsedMs
  }

  /** A number that nothing else in this world has. */
  nextNumber(): number {
    return this.serial++
  }

  /** The node that a machine is to be. */
  nodeOf(machine: SimMachine, pool: string): SimNode {
    const named = this.pools.get(pool) ?? { id: this.pools.size, name: pool }
    this.pools.set(pool, named)
    const { capacity } = machine.offering
    return {
      id: this.nextNumber(),
      name: nameOf(machine),
      machine,
      pool: named,
      allocatable: capacity,
      used: { ...none },
      gpusFree: gpusOf(capacity.gpuMilli),
      pods: [],
      state: "booting"
    }
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
