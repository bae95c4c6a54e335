import type { Node } from "../model/Node.ts"
import type { Market, Offering } from "../model/Offering.ts"

/** From when to when a machine was rented. */
export interface Lifetime {
  readonly machine: string
  readonly pool: string
  readonly instanceType: string
  readonly zone: string
  readonly market: Market
  readonly startedAtMs: number
  readonly endedAtMs: number
}

/** What machines cost, per pool and in all. What has no known price is named, as unknown is not free. */
export interface Bill {
  readonly pools: Readonly<Record<string, number>>
  readonly totalMicroUsd: number
  readonly unpriced: ReadonlyArray<string>
}

/** The least that is billed for a machine, however short its life. */
const secondsMin = 60

/** What one life costs at an hourly price: begun seconds, at least a minute, to the nearest millionth of a dollar. */
const costOf = ({ endedAtMs, startedAtMs }: Lifetime, microUsdPerHour: number): number => {
  const seconds = Math.max(secondsMin, Math.ceil((endedAtMs - startedAtMs) / 1000))
  return Math.floor((seconds * microUsdPerHour + 1800) / 3600)
}

/** The bill for machines that were rented, at the prices of what is offered. */
export const price = ({
  nodes,
  offerings
}: {
  readonly nodes: ReadonlyArray<Lifetime>
  readonly offerings: ReadonlyArray<Offering>
}): Bill => {
  const keyOf = (it: Pick<Offering, "instanceType" | "market" | "zone">) => `${it.instanceType}/${it.zone}/${it.market}`
  const prices = new Map(offerings.map((offering) => [keyOf(offering), offering.microUsdPerHour]))
  const pools = new Map<string, number>()
  const unpriced: Array<string> = []
  for (const life of nodes) {
    const microUsdPerHour = prices.get(keyOf(life))
    if (microUsdPerHour === undefined) unpriced.push(life.machine)
    else pools.set(life.pool, (pools.get(life.pool) ?? 0) + costOf(life, microUsdPerHour))
  }
  const sorted = [...pools].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    pools: Object.fromEntries(sorted),
    totalMicroUsd: sorted.reduce((sum, [, microUsd]) => sum + microUsd, 0),
    unpriced: unpriced.toSorted()
  }
}

/** What nodes cost an hour as they are now; stopped ones and those that are gone cost nothing. */
export const hourlyPrice = (nodes: ReadonlyArray<Node>): number =>
  nodes.reduce(
    (sum, { microUsdPerHour, state }) => sum + (state === "stopped" || state === "gone" ? 0 : microUsdPerHour),
    0
  )
