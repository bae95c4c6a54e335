import type { Filter } from "./Filter.ts"

/** Every label the pod selects by must be the node's. */
export const nodeSelector: Filter = ({ place: { labels }, pod }) => {
  const missing = Object.entries(pod.spec.nodeSelector).find(([key, value]) => labels[key] !== value)
  return missing === undefined ? undefined : { code: "selector", why: `has no label ${missing[0]}=${missing[1]}` }
}
