import { type Turn, turnOf } from "../../decide/turnOf.ts"
import { type JobDocument, jobKey, stateOf } from "./JobDocument.ts"
import type { Versioned } from "./Store.ts"

/** Whether a job may begin, by the documents of those it waits for; one that has begun asks nobody any more. */
export const turnIn = (documents: ReadonlyArray<Versioned<JobDocument>>, { spec, tries }: JobDocument): Turn => {
  const { after = [], namespace } = spec
  if (after.length === 0 || tries.length > 0) return { _tag: "Go" }
  return turnOf(
    after.map((name) => {
      const key = jobKey({ name, namespace })
      const found = documents.find((one) => one.key === key)
      return [name, found === undefined ? undefined : stateOf(found.value)]
    })
  )
}
