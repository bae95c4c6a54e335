import { type ComputeError, type Dependents, settleDependencies as settle } from "@orrery/core"
import { Effect, Stream } from "effect"
import { Client } from "../Client.ts"
import { annotationOf, labelOf, mine, selectorText } from "../objects/labels.ts"
import { list } from "../objects/list.ts"
import { jobsPath } from "../objects/paths.ts"
import { find } from "../objects/stored.ts"
import type { WireJob } from "../objects/wire.ts"
import { change, letGo } from "../scheduler.ts"
import { toJobStatus } from "../translate/job.ts"
import { fromAfter } from "../translate/jobOptions.ts"

const operation = "settleDependencies"
const subject = (name: string) => ({ operation, kind: "job", name })
const namespaceOf = ({ metadata }: WireJob): string => metadata?.namespace ?? ""

/** Jobs that are suspended until others have succeeded, in one namespace or in all. */
export const dependents = (client: Client["Service"], namespace?: string): Dependents<WireJob> => {
  const run = <A>(effect: Effect.Effect<A, ComputeError, Client>) => Effect.provideService(effect, Client, client)
  const query = { labelSelector: selectorText({ [mine.key]: mine.value, [labelOf.waits]: "true" }) }
  return {
    waiting: run(Stream.runCollect(list<WireJob>({ ...subject(""), path: jobsPath(namespace), query }))),
    after: ({ metadata }) => fromAfter(metadata?.annotations),
    stateOf: (job, name) =>
      Effect.map(run(find<WireJob>({ ...subject(name), path: jobsPath(namespaceOf(job), name) })), (found) =>
        found === undefined ? undefined : toJobStatus(found, []).state
      ),
    letGo: (job) => run(Effect.asVoid(letGo(operation, job))),
    cancel: (job, why) =>
      run(
        Effect.asVoid(
          change(
            operation,
            { name: job.metadata?.name ?? "", namespace: namespaceOf(job) },
            {
              suspend: true,
              labels: { [labelOf.waits]: null },
              annotations: { [annotationOf.cancelled]: "true", [annotationOf.held]: null, [annotationOf.reason]: why }
            }
          )
        )
      )
  }
}

/** Lets go every job whose predecessors have succeeded, and cancels those that wait in vain. One pass; run it again and again. */
export const settleDependencies = (namespace?: string): Effect.Effect<void, ComputeError, Client> =>
  Effect.flatMap(Client, (client) => settle(dependents(client, namespace)))
