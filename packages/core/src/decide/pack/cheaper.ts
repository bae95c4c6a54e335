import type { Pod } from "../../model/Snapshot.ts"
import { refusalOf } from "../filter/refusalOf.ts"
import type { Occupancy } from "../Occupancy.ts"
import { defaultPlacePolicy } from "../place.ts"
import { imagined, type Kind } from "./Kind.ts"

/** One machine with the pods put on it. */
export interface Machine {
  readonly kind: Kind
  readonly pods: Array<Pod>
}

/** Beyond this many tries the best so far is taken: small sets are packed exactly, large ones nearly. */
const triesMax = 5_000

const costOf = (machines: ReadonlyArray<Machine>): number =>
  machines.reduce((sum, { kind }) => sum + kind.offering.microUsdPerHour, 0)

/** Looks for a cheaper way to pack the very pods that `found` packs; gives `found` back where there is none. */
export const cheaper = (
  found: ReadonlyArray<Machine>,
  kinds: ReadonlyArray<Kind>,
  occupancy: Occupancy
): ReadonlyArray<Machine> => {
  const pods = found.flatMap((machine) => machine.pods)
  let best = found
  let bestCost = costOf(found)
  let tries = 0
  const open: Array<Machine> = []
  const nameOf = (index: number): string => `imagined ${index}`
  const fits = (pod: Pod, index: number): boolean => {
    const place = occupancy.on(nameOf(index))
    return place !== undefined && refusalOf({ pod, place, occupancy, policy: defaultPlacePolicy }) === undefined
  }
  const put = (pod: Pod, index: number, then: () => void): void => {
    occupancy.add(pod, nameOf(index))
    open[index]?.pods.push(pod)
    then()
    open[index]?.pods.pop()
    occupancy.remove(pod, nameOf(index))
  }
  const search = (next: number, cost: number): void => {
    if (tries++ > triesMax || cost >= bestCost) return
    const pod = pods[next]
    if (pod === undefined) {
      best = open.map((machine) => ({ kind: machine.kind, pods: [...machine.pods] }))
      bestCost = cost
      return
    }
    for (const index of open.keys()) if (fits(pod, index)) put(pod, index, () => search(next + 1, cost))
    for (const kind of kinds) {
      if (open.filter((machine) => machine.kind === kind).length >= kind.room) continue
      const index = open.length
      open.push({ kind, pods: [] })
      occupancy.open(imagined(kind, nameOf(index)))
      if (fits(pod, index)) put(pod, index, () => search(next + 1, cost + kind.offering.microUsdPerHour))
      occupancy.close(nameOf(index))
      open.pop()
    }
  }
  search(0, 0)
  return best
}
