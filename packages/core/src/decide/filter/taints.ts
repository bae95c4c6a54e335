import { type Taint, type Toleration, tolerates } from "../../model/Taint.ts"
import type { Filter } from "./Filter.ts"

/** How a taint is written: `key=value:effect`. */
const printTaint = ({ effect, key, value }: Taint): string =>
  `${key}${value === undefined ? "" : `=${value}`}:${effect}`

/** The taints that none of the tolerations covers. */
export const untolerated = (
  taints: ReadonlyArray<Taint>,
  tolerations: ReadonlyArray<Toleration>
): ReadonlyArray<Taint> => taints.filter((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)))

/** Taints that forbid must be tolerated; `PreferNoSchedule` only lowers the score. */
export const taints: Filter = ({ place: { node }, pod }) => {
  const [first] = untolerated(node.taints, pod.spec.tolerations).filter(({ effect }) => effect !== "PreferNoSchedule")
  return first === undefined ? undefined : { code: "taint", why: `has the taint ${printTaint(first)}, not tolerated` }
}
