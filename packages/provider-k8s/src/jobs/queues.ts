import type { JobStatus } from "@orrery/core"
import { Effect, Stream } from "effect"
import { Client } from "../Client.ts"
import { fieldManager } from "../objects/fieldOwners.ts"
import { list } from "../objects/list.ts"
import { workloadsPath } from "../objects/paths.ts"
import type { WireJob, WireObject } from "../objects/wire.ts"
import { queueKey } from "../translate/jobOptions.ts"

/** What Kueue keeps of a job: whether its turn has come. */
interface Workload extends WireObject {
  readonly status?: {
    readonly admission?: { readonly clusterQueue?: string }
    readonly conditions?: ReadonlyArray<{
      readonly type: string
      readonly status: string
      readonly reason?: string
      readonly message?: string
    }>
  }
}

/** The workload of one job; undefined where Kueue has made none, or is not in this cluster. */
const workloadOf = Effect.fnUntraced(function* (operation: string, namespace: string, uid: string) {
  const call = { operation, kind: "workload", name: uid, path: workloadsPath(namespace) }
  const found = yield* Stream.runCollect(
    list<Workload>({ ...call, query: { labelSelector: `kueue.x-k8s.io/job-uid=${uid}` } })
  )
  return found[0]
})

/** Tells Kueue whether a job of its queues may run: it would let go by itself again what is only suspended. */
export const setActive = Effect.fnUntraced(function* (operation: string, { metadata }: WireJob, active: boolean) {
  if (metadata?.labels?.[queueKey] === undefined) return
  const namespace = metadata.namespace ?? "default"
  const workload = yield* workloadOf(operation, namespace, metadata.uid ?? "").pipe(
    // no Kueue in this cluster: nobody lets the job go
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.as(Effect.void, undefined)
    )
  )
  if (workload === undefined) return
  const client = yield* Client
  const name = workload.metadata?.name ?? ""
  yield* client.request({
    operation,
    kind: "workload",
    name,
    method: "PATCH",
    path: workloadsPath(namespace, name),
    query: { fieldManager },
    contentType: "application/merge-patch+json",
    body: { spec: { active } }
  })
})

/** Why a queue has not let a job go. */
export const queueSays = Effect.fnUntraced(function* ({ id, spec: { namespace, queue = "" } }: JobStatus) {
  const waits = `it waits in the queue ${queue}`
  const seen = yield* Effect.result(workloadOf("why", namespace, id))
  if (seen._tag === "Failure")
    return seen.failure.reason._tag === "NotFound"
      ? `${waits}, and this cluster has no Kueue to let it go: install it, or submit without a queue`
      : waits
  if (seen.success === undefined) return `${waits}, which has not seen it yet`
  const conditions = seen.success.status?.conditions ?? []
  const evicted = conditions.find(({ status, type }) => type === "Evicted" && status === "True")
  const reserved = conditions.find(({ type }) => type === "QuotaReserved")
  const told = reserved?.status === "True" ? undefined : (reserved ?? evicted)
  return told?.message === undefined ? waits : `${waits}: ${told.message}`
})
