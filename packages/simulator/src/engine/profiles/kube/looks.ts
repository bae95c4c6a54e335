import type { KubeNode } from "./model.ts"

/** Whether both have the same labels. */
export const sameLabels = ({ labels: left }: KubeNode, { labels: right }: KubeNode): boolean =>
  left.size === right.size && [...left].every(([key, value]) => right.get(key) === value)

/** Whether both have the same taints in the same order. */
export const sameTaints = ({ taints: left }: KubeNode, { taints: right }: KubeNode): boolean =>
  left.length === right.length &&
  left.every((taint, at) => {
    const other = right[at]
    return taint.key === other?.key && taint.value === other.value && taint.effect === other.effect
  })
