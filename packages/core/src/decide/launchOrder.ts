import type { Node } from "../model/Node.ts"
import type { Offering } from "../model/Offering.ts"
import { offeringName } from "./offeringName.ts"

/** What is known of a pool when one more machine of it is to be launched. */
export interface LaunchSituation {
  /** How many machines of the pool are in each zone, or are on their way there. */
  readonly zones: ReadonlyMap<string, number>
  /** The names of offerings that were sold out a moment ago. */
  readonly soldOut: ReadonlySet<string>
}

/** The offerings in the order to try, and what was weighed for the first of them beside its price. */
export interface LaunchOrder {
  readonly offerings: ReadonlyArray<Offering>
  readonly why: ReadonlyArray<string>
}

/** How many machines there are in each zone. */
export const zonesOf = (machines: ReadonlyArray<Pick<Node, "zone">>): Map<string, number> => {
  const zones = new Map<string, number>()
  for (const { zone } of machines) zones.set(zone, (zones.get(zone) ?? 0) + 1)
  return zones
}

const kindOf = ({ instanceType, market }: Offering): string => `${instanceType} ${market}`

/**
 * Where a pool's next machine comes from. `choices` are in the order of the pool's wishes and of price; that order stays among
 * types and markets. Within one of them the zone with the fewest machines of the pool goes first, as a whole zone may fail or
 * be taken away. What was sold out a moment ago is tried when there is nothing else.
 */
export const launchOrder = (choices: ReadonlyArray<Offering>, { soldOut, zones }: LaunchSituation): LaunchOrder => {
  const rankOf = new Map<string, number>()
  for (const offering of choices) if (!rankOf.has(kindOf(offering))) rankOf.set(kindOf(offering), rankOf.size)
  const rank = (offering: Offering): number => rankOf.get(kindOf(offering)) ?? 0
  const isSoldOut = (offering: Offering): boolean => soldOut.has(offeringName(offering))
  // sorting is stable: what is equal here stays in the order of price
  const wished = choices.toSorted((a, b) => rank(a) - rank(b) || (zones.get(a.zone) ?? 0) - (zones.get(b.zone) ?? 0))
  const there = wished.filter((offering) => !isSoldOut(offering))
  const [first] = there
  const passedOver = wished.slice(0, first === undefined ? 0 : wished.indexOf(first))
  const isChoiceOfZones = there.some((other) => first !== undefined && rank(other) === rank(first) && other !== first)
  return {
    offerings: [...there, ...wished.filter(isSoldOut)],
    why: [
      ...passedOver.map((offering) => `${offeringName(offering)} is sold out`),
      ...(isChoiceOfZones ? [`zone ${first?.zone} has the fewest`] : [])
    ]
  }
}
