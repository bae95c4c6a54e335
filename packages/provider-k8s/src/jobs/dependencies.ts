import { type ComputeError, isOver } from "@orrery/core"
import { Effect, Stream } from "effect"
import type { Client } from "../Client.ts"
import { annotationOf, labelOf, mine, selectorText } from "../objects/labels.ts"
import { list } from "../objects/list.ts"
import { jobsPath } from "../objects/paths.ts"
import { find } from "../objects/stored.ts"
import type { WireJob } from "../objects/wire.ts"
import { change, letGo } from "../scheduler.ts"
import { toJobStatus } from "../translate/job.ts"
import { fromAfter } from "../translate/jobOptions.ts"

/** What is to happen to a job that waits for others; undefined while it goes on waiting. */
export type Turn = { readonly _tag: "Go" } | { readonly _tag: "Never"; readonly why: string } | undefined

/** Decides by the jobs that a job waits for; one that is not there any more has not succeeded. */
export const turnOf = (before: ReadonlyArray<readonly [name: string, job: WireJob | undefined]>): Turn => {
  for (const [name, job] of before) {
    if (job === undefined) return { _tag: "Never", why: `the job ${name} that it waits for is not there` }
    const { state } = toJobStatus(job, [])
    if (isOver(state) && state !== "succeeded")
      return { _tag: "Never", why: `the job ${name} that it waits for ${state}` }
  }
  const done = before.every(([, job]) => job !== undefined && toJobStatus(job, []).state === "succeeded")
  return done ? { _tag: "Go" } : undefined
}

const subject = (name: string) => ({ operation: "settleDependencies", kind: "job", name })

const settle = Effect.fnUntraced(function* (job: WireJob) {
  const { annotations, name = "", namespace = "default" } = job.metadata ?? {}
  const before = yield* Effect.forEach(fromAfter(annotations), (other) =>
    Effect.map(
      find<WireJob>({ ...subject(other), path: jobsPath(namespace, other) }),
      (found) => [other, found] as const
    )
  )
  const turn = turnOf(before)
  if (turn === undefined) return
  yield* turn._tag === "Go"
    ? letGo("settleDependencies", job)
    : change(
        "settleDependencies",
        { name, namespace },
        {
          suspend: true,
          labels: { [labelOf.waits]: null },
          annotations: { [annotationOf.cancelled]: "true", [annotationOf.held]: null, [annotationOf.reason]: turn.why }
        }
      )
})

/** Lets go every job whose predecessors have succeeded, and cancels those that wait in vain. One pass; run it again and again. */
export const settleDependencies = (namespace?: string): Effect.Effect<void, ComputeError, Client> =>
  Stream.runForEach(
    list<WireJob>({
      ...subject(""),
      path: jobsPath(namespace),
      query: { labelSelector: selectorText({ [mine.key]: mine.value, [labelOf.waits]: "true" }) }
    }),
    settle
  )
