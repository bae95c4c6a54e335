import type { PodSpec } from "@orrery/core"
import { labelOf, mine } from "../objects/labels.ts"

const ours = /^orrery-priority-(minus-)?(\d+)(\.|$)/

/** Whose pods a class is for. */
export interface Owner {
  readonly kind: "deployment" | "job"
  readonly name: string
  readonly namespace: string
}

/** The marks of a class that is one owner's. Classes lie outside of namespaces, so the owner's is said too. */
export const classMarks = ({ kind, name, namespace }: Owner) => ({
  [mine.key]: mine.value,
  [labelOf[kind]]: name,
  [labelOf.namespace]: namespace
})

/**
 * Kubernetes takes priorities by class only: a bare number gets a class of ours that says it. Each owner has its own,
 * which goes with it: nobody could tell when a shared one is no longer needed.
 */
export const toPriorityClass = (
  { priority, priorityClass }: Pick<PodSpec, "priority" | "priorityClass">,
  { kind, name, namespace }: Owner
): string | undefined => {
  if (priorityClass !== undefined || priority === 0) return priorityClass
  const number = `${priority < 0 ? "minus-" : ""}${Math.abs(priority)}`
  return `orrery-priority-${number}.${kind}.${namespace}.${name}`
}

/** Whether a class was made for a bare number. */
export const isBareNumber = (className: string | undefined): boolean => ours.test(className ?? "")

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
export const priorityClassOf = (spec: PodSpec, owner: Owner) => {
  const name = toPriorityClass(spec, owner)
  return name === undefined || spec.priorityClass !== undefined
    ? undefined
    : {
        apiVersion: "scheduling.k8s.io/v1",
        kind: "PriorityClass",
        metadata: { name, labels: classMarks(owner) },
        value: spec.priority,
        description: `priority ${spec.priority} for the ${owner.kind} ${owner.name} in ${owner.namespace}`
      }
}
