import type { Refusal } from "../../model/Refusal.ts"
import type { Candidacy, Filter } from "./Filter.ts"
import { nodeAffinity } from "./nodeAffinity.ts"
import { nodeSelector } from "./nodeSelector.ts"
import { podAffinity } from "./podAffinity.ts"
import { podAntiAffinity } from "./podAntiAffinity.ts"
import { ports } from "./ports.ts"
import { resources } from "./resources.ts"
import { state } from "./state.ts"
import { taints } from "./taints.ts"
import { topologySpread } from "./topologySpread.ts"

/** The filters in the order they are asked: what no waiting can change first, what takes longest to look up last. */
const filters: ReadonlyArray<Filter> = [
  state,
  taints,
  nodeSelector,
  nodeAffinity,
  resources,
  ports,
  podAffinity,
  podAntiAffinity,
  topologySpread
]

/** Why this place is out of the question, by the first filter that says so. */
export const refusalOf = (candidacy: Candidacy): Refusal | undefined => {
  for (const filter of filters) {
    const refused = filter(candidacy)
    if (refused !== undefined) return { candidate: candidacy.place.node.name, ...refused }
  }
  return undefined
}
