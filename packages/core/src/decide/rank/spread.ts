import { fullness, fullnessMax } from "./fullness.ts"
import type { Rank } from "./Rank.ts"

const siblingsMax = 5_000

/** The node with the fewest pods of the same owner; among equals the emptiest. */
export const spread: Rank = (candidacy) => {
  const { place, pod } = candidacy
  const siblings = place.pods.filter(
    ({ namespace, owner }) =>
      owner !== undefined &&
      namespace === pod.namespace &&
      owner.kind === pod.owner?.kind &&
      owner.name === pod.owner.name
  ).length
  return (siblingsMax - Math.min(siblings, siblingsMax)) * (fullnessMax + 1) + fullnessMax - fullness(candidacy)
}
