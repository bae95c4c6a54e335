import { Result } from "effect"
import { printUsd } from "../model/Money.ts"
import type { NodePool } from "../model/NodePool.ts"
import type { Offering } from "../model/Offering.ts"
import type { Refusal } from "../model/Refusal.ts"
import { remembered } from "../model/remembered.ts"
import { offeringName } from "./offeringName.ts"

/** A pool that wants a share of its machines at full price pays that price; any other one has one bound for all. */
const highestPrice = ({ spot }: NodePool, { market }: Offering): number | undefined =>
  spot?.enabled !== true || (spot.sharePercent !== undefined && market === "on-demand")
    ? undefined
    : spot.maxMicroUsdPerHour

const refusalOf = (pool: NodePool, offering: Offering): Refusal | undefined => {
  const refuse = (code: string, why: string): Refusal => ({ candidate: offeringName(offering), code, why })
  const highest = highestPrice(pool, offering)
  if (pool.zones.length > 0 && !pool.zones.includes(offering.zone))
    return refuse("zone", `pool ${pool.name} may only be in ${pool.zones.join(", ")}`)
  if (offering.market === "spot" && pool.spot?.enabled !== true)
    return refuse("spot", `pool ${pool.name} takes no spot machines`)
  if (highest !== undefined && offering.microUsdPerHour > highest)
    return refuse(
      "price",
      `costs ${printUsd(offering.microUsdPerHour)} USD an hour, pool ${pool.name} pays at most ${printUsd(highest)}`
    )
  return undefined
}

/** A spot machine that costs more than the same machine at its full price is never worth its risk. */
const dearerThanOnDemand = (offering: Offering, offerings: ReadonlyArray<Offering>): boolean =>
  offering.market === "spot" &&
  offerings.some(
    (other) =>
      other.market === "on-demand" &&
      other.instanceType === offering.instanceType &&
      other.zone === offering.zone &&
      other.microUsdPerHour < offering.microUsdPerHour
  )

/** The offerings in the order to try, or why each one is out of the question. */
export type Choice = Result.Result<readonly [Offering, ...Array<Offering>], ReadonlyArray<Refusal>>

/**
 * What a pool may be made of, in the order to try: its instance types as they are listed, within one type the cheapest
 * first. A pool with spot also takes full-price machines where they are not above its highest price. `only` is for a
 * machine that must not be a spot machine, as the pool has its share of those.
 */
export const offeringsOf = (pool: NodePool, offerings: ReadonlyArray<Offering>, only?: "on-demand"): Choice =>
  only === undefined ? choicesAmong(offerings)(pool) : fullPriceChoicesAmong(offerings)(pool)

const choicesAmong = remembered((offerings: ReadonlyArray<Offering>) =>
  remembered((pool: NodePool) => choose(pool, offerings))
)

const fullPriceChoicesAmong = remembered((offerings: ReadonlyArray<Offering>) => {
  const atFullPrice = offerings.filter(({ market }) => market === "on-demand")
  return remembered((pool: NodePool) => choose(pool, atFullPrice))
})

const choose = (pool: NodePool, offerings: ReadonlyArray<Offering>): Choice => {
  const named = pool.instanceTypes.flatMap((instanceType) =>
    offerings
      .filter((offering) => offering.instanceType === instanceType)
      .toSorted((a, b) => a.microUsdPerHour - b.microUsdPerHour || (offeringName(a) < offeringName(b) ? -1 : 1))
  )
  const [first, ...rest] = named.filter(
    (offering) => refusalOf(pool, offering) === undefined && !dearerThanOnDemand(offering, offerings)
  )
  if (first !== undefined) return Result.succeed([first, ...rest])
  const missing = pool.instanceTypes
    .filter((instanceType) => !named.some((offering) => offering.instanceType === instanceType))
    .map((instanceType) => ({ candidate: instanceType, code: "unknown", why: `nobody offers ${instanceType}` }))
  return Result.fail([...named.flatMap((offering) => refusalOf(pool, offering) ?? []), ...missing])
}
