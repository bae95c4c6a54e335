import { isOver, type JobState } from "../model/Job.ts"

/** What is to happen to a job that waits for others. */
export type Turn =
  | { readonly _tag: "Go" }
  | { readonly _tag: "Wait"; readonly why: string }
  | { readonly _tag: "Never"; readonly why: string }

/**
 * Decides by the jobs that a job waits for. One that is not there may be yet to come, or not be shown: it is waited for, since
 * a job that was cancelled for nothing cannot be brought back.
 */
export const turnOf = (before: ReadonlyArray<readonly [name: string, state: JobState | undefined]>): Turn => {
  const spoilt = before.find(([, state]) => state !== undefined && isOver(state) && state !== "succeeded")
  if (spoilt !== undefined)
    return { _tag: "Never", why: `the job ${spoilt[0]} that it waits for ${endedAs(spoilt[1])}` }
  const open = before.filter(([, state]) => state !== "succeeded")
  if (open.length === 0) return { _tag: "Go" }
  const names = open.map(([name, state]) => (state === undefined ? `${name} (not there)` : name))
  return { _tag: "Wait", why: `it waits for the jobs ${names.join(", ")}` }
}

const endedAs = (state: JobState | undefined): string => (state === "cancelled" ? "was cancelled" : `${state}`)
