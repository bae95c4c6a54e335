import { Result } from "effect"
import type { Node } from "../../model/Node.ts"
import type { Offering } from "../../model/Offering.ts"
import type { Refusal } from "../../model/Refusal.ts"
import { lacking } from "../../model/Resources.ts"
import type { Pod } from "../../model/Snapshot.ts"
import { offeringsOf } from "../offeringsOf.ts"
import { mayAddSpot, mixOf, withOne } from "../spotShare.ts"
import type { Machine } from "./cheaper.ts"

/** Machines as they may be bought, and those that no full-price machine can take the place of. */
export interface Bought {
  readonly machines: ReadonlyArray<Machine>
  readonly refused: ReadonlyArray<{ readonly pods: ReadonlyArray<Pod>; readonly refusal: Refusal }>
}

const isAlive = ({ state }: Node): boolean => state !== "leaving" && state !== "gone"

/** Makes full-price machines of those spot machines that would be above their pool's share, each at least as large. */
export const withinShares = (
  wanted: ReadonlyArray<Machine>,
  { nodes, offerings }: { readonly nodes: ReadonlyArray<Node>; readonly offerings: ReadonlyArray<Offering> }
): Bought => {
  const mixes = new Map(
    wanted.map(({ kind: { pool } }) => [pool, mixOf(nodes.filter((node) => node.pool === pool.name && isAlive(node)))])
  )
  const machines: Array<Machine> = []
  const refused: Array<Bought["refused"][number]> = []
  for (const { kind, pods } of wanted) {
    const { pool } = kind
    const mix = mixes.get(pool) ?? { spot: 0, total: 0 }
    const choice = offeringsOf(pool, offerings, mayAddSpot(pool, mix) ? undefined : "on-demand")
    const offering = Result.isSuccess(choice)
      ? choice.success.find(({ capacity }) => lacking(kind.offering.capacity, capacity).length === 0)
      : undefined
    if (offering === undefined) {
      const why = `has its share of spot machines, and no full-price machine like ${kind.offering.instanceType} can be had`
      refused.push({ pods, refusal: { candidate: pool.name, code: "share", why } })
      continue
    }
    mixes.set(pool, withOne(mix, offering.market))
    machines.push({ kind: { ...kind, offering }, pods })
  }
  return { machines, refused }
}
