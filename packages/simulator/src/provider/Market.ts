import type { Market as MarketKind, Offering } from "@orrery/core"
import { uniformInteger } from "../engine/math/sample.ts"
import { Stream } from "../engine/Stream.ts"
import type { MarketProfile } from "./Profile.ts"

const hourMs = 3_600_000
const hoursPerDay = 24
const whole = 1000

/** One type in one zone of one market. */
export const offeringKey = (it: Pick<Offering, "instanceType" | "market" | "zone">): string =>
  `${it.instanceType}/${it.zone}/${it.market}`

/** How much there is to rent and at which price. A function of the seed and the hour: nobody's asking changes it. */
export class Market {
  private readonly seed: number
  private readonly profile: MarketProfile
  private readonly offerings: ReadonlyArray<Offering>
  private readonly repricedPerMille: number
  private priced: { readonly hour: number; readonly offerings: ReadonlyArray<Offering> } | undefined

  constructor(seed: number, profile: MarketProfile, offerings: ReadonlyArray<Offering>, repricedPerMille = 0) {
    this.repricedPerMille = repricedPerMille
    this.seed = seed
    this.profile = profile
    this.offerings = offerings
  }

  /** What is offered in this hour, at this hour's prices. */
  at(elapsedMs: number): ReadonlyArray<Offering> {
    const hour = Math.floor(elapsedMs / hourMs)
    if (this.priced?.hour !== hour)
      this.priced = { hour, offerings: this.offerings.map((offering) => this.pricedAt(offering, hour)) }
    return this.priced.offerings
  }

  /** How many machines of one kind there can be in this hour. */
  available(kind: { instanceType: string; zone: string; market: MarketKind }, elapsedMs: number): number {
    const { max, min } = this.profile.available[kind.market]
    if (min === max) return min
    return uniformInteger(this.stream("available", offeringKey(kind), Math.floor(elapsedMs / hourMs)), min, max)
  }

  private pricedAt(offering: Offering, hour: number): Offering {
    const { spotPricePerMille } = this.profile
    const listPerMille = this.listPerMille(offering, Math.floor(hour / hoursPerDay))
    if (listPerMille === whole && (offering.market === "on-demand" || spotPricePerMille === 0)) return offering
    const change = uniformInteger(this.stream("price", offeringKey(offering), hour), 0, 2 * spotPricePerMille)
    const perMille = offering.market === "on-demand" ? whole : whole - spotPricePerMille + change
    const microUsdPerHour = Math.floor((offering.microUsdPerHour * perMille * listPerMille) / whole ** 2)
    return { ...offering, microUsdPerHour }
  }

  /** What the price list asks for a type on one day, in thousandths of what it asks on others. */
  private listPerMille({ instanceType }: Offering, day: number): number {
    if (this.repricedPerMille === 0) return whole
    const stream = this.stream("list", instanceType, day)
    return stream.below(whole) < this.repricedPerMille ? uniformInteger(stream, whole / 2, (whole * 3) / 2) : whole
  }

  private stream(what: string, key: string, when: number): Stream {
    return Stream.fromSeed(this.seed, `market/${what}/${key}/${when}`)
  }
}
