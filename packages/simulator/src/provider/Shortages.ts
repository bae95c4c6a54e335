import type { Offering } from "@orrery/core"
import { Stream } from "../engine/Stream.ts"
import type { WorldFaults } from "./FaultPlan.ts"
import { offeringKey } from "./Market.ts"

/** Shortages begin and end at whole multiples of this. */
const shortageMs = 1_200_000
const whole = 1000

type Chances = Pick<WorldFaults, "droughtPerMille" | "quotaCutPerMille" | "quotaLeftPercent">

/** Times in which there is less to rent than usual. A function of the seed and the time: nobody's asking changes it. */
export class Shortages {
  private readonly seed: number
  private readonly chances: Chances

  constructor(seed: number, chances: Chances) {
    this.seed = seed
    this.chances = chances
  }

  /** Whether one type in one zone and market is nowhere to be had just now, whatever its market says. */
  isDry(offering: Pick<Offering, "instanceType" | "market" | "zone">, elapsedMs: number): boolean {
    return this.isHit(`drought/${offeringKey(offering)}`, this.chances.droughtPerMille, elapsedMs)
  }

  /** What is left of an account's limit just now. What runs beyond it runs on. */
  quotaOf(cpuMilli: number, elapsedMs: number): number {
    return this.isHit("quota", this.chances.quotaCutPerMille, elapsedMs)
      ? Math.floor(cpuMilli / 100) * this.chances.quotaLeftPercent
      : cpuMilli
  }

  private isHit(what: string, perMille: number, elapsedMs: number): boolean {
    if (perMille === 0) return false
    const stream = Stream.fromSeed(this.seed, `shortage/${what}/${Math.floor(elapsedMs / shortageMs)}`)
    return stream.below(whole) < perMille
  }
}
