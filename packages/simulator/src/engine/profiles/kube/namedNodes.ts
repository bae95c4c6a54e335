import type { PodClass } from "./model.ts"
import type { Profile } from "./profile.ts"

/** The only nodes a pod's affinity names, where every term names some; an empty set where the names contradict. */
export const namedNodes = (podClass: PodClass, profile: Profile): ReadonlySet<string> | undefined => {
  if (!profile.filters.has("NodeAffinity")) return undefined
  const { nodeTerms } = podClass
  if (nodeTerms === undefined || nodeTerms.length === 0) return undefined
  const all = new Set<string>()
  for (const { fields } of nodeTerms) {
    const lists = fields.filter((one) => one.key === "metadata.name" && one.operator === "In").map((one) => one.values)
    const [first, ...rest] = lists
    if (first === undefined) return undefined
    for (const name of first) if (rest.every((list) => list.includes(name))) all.add(name)
  }
  return all
}
