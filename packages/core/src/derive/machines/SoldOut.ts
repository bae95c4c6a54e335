import { offeringName } from "../../decide/offeringName.ts"
import type { Offering } from "../../model/Offering.ts"

/** What this process was told is sold out, each until it is asked for again as if nothing had been. */
export class SoldOut {
  private readonly untilMs = new Map<string, number>()
  private readonly rememberedMs: number

  constructor(rememberedMs: number) {
    this.rememberedMs = rememberedMs
  }

  note(offering: Offering, nowMs: number): void {
    this.untilMs.set(offeringName(offering), nowMs + this.rememberedMs)
  }

  /** The names of what counts as sold out now. */
  at(nowMs: number): ReadonlySet<string> {
    for (const [name, untilMs] of this.untilMs) if (untilMs <= nowMs) this.untilMs.delete(name)
    return new Set(this.untilMs.keys())
  }
}
