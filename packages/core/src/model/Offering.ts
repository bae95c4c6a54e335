import { Schema } from "effect"
import { Labels } from "./Labels.ts"
import { Resources } from "./Resources.ts"

/** How a machine is bought: at its full price, or cheaper and with the risk of losing it. */
export const Market = Schema.Literals(["on-demand", "spot"])
export type Market = typeof Market.Type

/** One kind of machine that can be had in one zone of one market, with its price. */
export const Offering = Schema.Struct({
  instanceType: Schema.String,
  zone: Schema.String,
  market: Market,
  /** What pods can use of it, after the system's own share. */
  capacity: Resources,
  labels: Labels,
  microUsdPerHour: Schema.Int,
  /** The price could not be learnt; `microUsdPerHour` is then 0 and means nothing. */
  priceUnknown: Schema.optionalKey(Schema.Literal(true))
})
export type Offering = typeof Offering.Type
