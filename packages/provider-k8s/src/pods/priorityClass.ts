import type { PodSpec } from "@orrery/core"
import { Effect } from "effect"
import { apply } from "../apply.ts"
import { priorityClassesPath } from "../paths.ts"
import { priorityClassOf } from "../translate/priority.ts"

/** Makes the class that a bare priority needs; classes are shared by all who ask for the same number. */
export const ensurePriorityClass = Effect.fnUntraced(function* (operation: string, spec: PodSpec) {
  const body = priorityClassOf(spec)
  if (body === undefined) return
  const { name } = body.metadata
  yield* apply({ operation, kind: "priorityclass", name, path: priorityClassesPath(name), body })
})
