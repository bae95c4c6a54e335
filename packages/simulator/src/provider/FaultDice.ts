import type { Streams } from "../engine/Streams.ts"
import type { CallFaults, FaultPlan, WorldFaults } from "./FaultPlan.ts"

/** Decides from the seed what goes wrong, and keeps within the budget. */
export class FaultDice {
  /** How often each kind of fault has happened. */
  readonly counts = new Map<string, number>()
  private readonly plan: FaultPlan
  private readonly streams: Streams
  private readonly elapsedMs: () => number
  /** Faults of this burst so far, and until when there are none after it. */
  private inBurst = 0
  private calmUntilMs = 0
  private total = 0

  constructor(plan: FaultPlan, streams: Streams, elapsedMs: () => number) {
    this.plan = plan
    this.streams = streams
    this.elapsedMs = elapsedMs
  }

  /** Whether this kind of fault hits this call. */
  hitsCall(operation: string, fault: keyof CallFaults): boolean {
    const perMille = this.plan.operations[operation]?.[fault] ?? this.plan.call[fault]
    if (perMille === 0 || this.elapsedMs() < this.calmUntilMs) return false
    if (!this.draw(`fault/${operation}/${fault}`, fault, perMille)) return false
    this.inBurst += 1
    if (this.inBurst >= this.plan.budget.burstMax) {
      this.inBurst = 0
      this.calmUntilMs = this.elapsedMs() + this.plan.budget.calmMs
    }
    return true
  }

  /** Whether this kind of fault hits this machine or pod. */
  hitsWorld(fault: Extract<keyof WorldFaults, `${string}PerMille`>, name: string): boolean {
    const perMille = this.plan.world[fault]
    return perMille > 0 && this.draw(`fault/${name}/${fault}`, fault, perMille)
  }

  private draw(stream: string, fault: string, perMille: number): boolean {
    const { totalMax, untilMs } = this.plan.budget
    if (this.total >= totalMax || this.elapsedMs() >= untilMs) return false
    if (this.streams.named(stream).below(1000) >= perMille) return false
    this.total += 1
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1)
    return true
  }
}
