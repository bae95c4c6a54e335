import type { PodSpec } from "@orrery/core"
import { mine } from "../labels.ts"

const ours = /^orrery-priority-(minus-)?(\d+)$/

/** Kubernetes takes priorities by class only: a bare number gets a class of ours that says it. */
export const toPriorityClass = ({
  priority,
  priorityClass
}: Pick<PodSpec, "priority" | "priorityClass">): string | undefined => {
  if (priorityClass !== undefined || priority === 0) return priorityClass
  return `orrery-priority-${priority < 0 ? "minus-" : ""}${Math.abs(priority)}`
}

/** The number, or the name of a class that is not ours. */
export const fromPriority = (spec: {
  readonly priority?: number
  readonly priorityClassName?: string
}): Pick<PodSpec, "priority" | "priorityClass"> => {
  const [, minus, digits] = ours.exec(spec.priorityClassName ?? "") ?? []
  if (digits !== undefined) return { priority: minus === undefined ? Number(digits) : -Number(digits) }
  return {
    priority: spec.priority ?? 0,
    ...(spec.priorityClassName === undefined ? {} : { priorityClass: spec.priorityClassName })
  }
}

/** The class a pod's bare priority needs, if it needs one of ours. */
export const priorityClassOf = (spec: PodSpec) => {
  const name = toPriorityClass(spec)
  return name === undefined || spec.priorityClass !== undefined
    ? undefined
    : {
        apiVersion: "scheduling.k8s.io/v1",
        kind: "PriorityClass",
        metadata: { name, labels: { [mine.key]: mine.value } },
        value: spec.priority,
        description: `priority ${spec.priority}, for whoever asks for it by number`
      }
}
