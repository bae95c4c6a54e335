import type { PodSpec } from "@orrery/core"
import { Effect } from "effect"
import { Client } from "../Client.ts"
import { apply } from "../objects/apply.ts"
import { selectorText } from "../objects/labels.ts"
import { priorityClassesPath } from "../objects/paths.ts"
import { classMarks, type Owner, priorityClassOf } from "../translate/priority.ts"

/** Makes the class that a bare priority needs. */
export const ensurePriorityClass = Effect.fnUntraced(function* (operation: string, spec: PodSpec, owner: Owner) {
  const body = priorityClassOf(spec, owner)
  if (body === undefined) return
  const { name } = body.metadata
  yield* apply({ operation, kind: "priorityclass", name, path: priorityClassesPath(name), body })
})

/** Removes the classes of one owner. Whoever may not do that was not allowed to make any. */
export const removePriorityClasses = (operation: string, owner: Owner) =>
  Effect.flatMap(Client, (client) =>
    client.request({
      operation,
      kind: "priorityclass",
      name: owner.name,
      method: "DELETE",
      path: priorityClassesPath(),
      query: { labelSelector: selectorText(classMarks(owner)) }
    })
  ).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "Forbidden",
      () => Effect.void
    ),
    Effect.asVoid
  )
