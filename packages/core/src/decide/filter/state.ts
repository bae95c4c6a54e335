import type { Filter } from "./Filter.ts"

/** Only nodes that are up and accept work. */
export const state: Filter = ({ place: { node } }) => {
  if (node.state !== "ready") return { code: "state", why: `is ${node.state}` }
  if (!node.schedulable) return { code: "cordoned", why: "is cordoned" }
  if (node.reclaimAtMs !== undefined) return { code: "reclaim", why: "is about to be taken away" }
  return undefined
}
