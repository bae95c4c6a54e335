import { Result } from "effect"
import type { Node } from "../model/Node.ts"
import type { Refusal } from "../model/Refusal.ts"
import type { Pod } from "../model/Snapshot.ts"
import type { Candidacy, PlacePolicy } from "./filter/Filter.ts"
import { refusalOf } from "./filter/refusalOf.ts"
import { Occupancy } from "./Occupancy.ts"
import { bestFit } from "./rank/bestFit.ts"
import { preference } from "./rank/preference.ts"
import { type Rank, rankMax } from "./rank/Rank.ts"
import { spread } from "./rank/spread.ts"

export type { PlacePolicy } from "./filter/Filter.ts"

const ranks: Readonly<Record<PlacePolicy["rank"], Rank>> = { bestFit, spread }

/** Fill nodes up, and let every pod have ports of its own. */
export const defaultPlacePolicy: PlacePolicy = { rank: "bestFit", nodePorts: false }

/** Where a pod goes, how good that is, and why the other nodes were refused. */
export interface Placement {
  readonly node: string
  readonly score: number
  readonly refusals: ReadonlyArray<Refusal>
}

/** What is to be placed, and where it could go. `pods` are those that are on the nodes already; waiting ones do not count. */
export interface PlaceInput {
  readonly pod: Pod
  readonly nodes: ReadonlyArray<Node>
  readonly pods: ReadonlyArray<Pod>
  readonly policy?: Partial<PlacePolicy>
}

/** As `place`, over an occupancy that the caller keeps, so that many pods can be placed one after the other. */
export const placeIn = (
  occupancy: Occupancy,
  pod: Pod,
  policy: PlacePolicy = defaultPlacePolicy
): Result.Result<Placement, ReadonlyArray<Refusal>> => {
  const refusals: Array<Refusal> = []
  let best: { readonly node: string; readonly score: number } | undefined
  for (const place of occupancy.places) {
    const candidacy: Candidacy = { pod, place, occupancy, policy }
    const refused = refusalOf(candidacy)
    if (refused !== undefined) {
      refusals.push(refused)
      continue
    }
    const node = place.node.name
    const score = preference(candidacy) * rankMax + ranks[policy.rank](candidacy)
    if (best === undefined || score > best.score || (score === best.score && node < best.node)) best = { node, score }
  }
  refusals.sort((a, b) => (a.candidate < b.candidate ? -1 : 1))
  return best === undefined ? Result.fail(refusals) : Result.succeed({ ...best, refusals })
}

/** The best node for a pod, or why each one was refused (nothing where there are no nodes). */
export const place = ({ nodes, pod, pods, policy }: PlaceInput): Result.Result<Placement, ReadonlyArray<Refusal>> =>
  placeIn(
    new Occupancy(
      nodes,
      pods.filter((other) => other.name !== pod.name || other.namespace !== pod.namespace)
    ),
    pod,
    { ...defaultPlacePolicy, ...policy }
  )
