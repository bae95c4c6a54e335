import { actions } from "./actions.ts"
import type { Cluster } from "./Cluster.ts"
import type { LifePod, Workload } from "./entities.ts"
import { leaving } from "./LifeEvent.ts"
import type { JobSpec } from "./Scenario.ts"

/** How soon a controller looks again after its namespace was full, if nothing is freed before. */
const quotaRetryMs = 30_000
/** From a change to the controller that acts on it. */
const reactionMs = 10

/** Deployments and jobs: they make pods that are missing and take away those too many. */
export class Controllers {
  readonly #cluster: Cluster
  readonly #short = new Set<Workload>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** A workload changed: its controller will look at it soon, once however often it changed. */
  changed(workload: Workload, afterMs = reactionMs): void {
    if (!workload.arrived || workload.isOver || workload.reconcileDue) return
    workload.reconcileDue = true
    const { agenda } = this.#cluster.parts
    agenda.schedule(agenda.now + afterMs + this.#cluster.lagMs, actions.workloadReconciles, workload.id)
  }

  /** Room in a namespace came free. */
  quotaFreed(): void {
    for (const workload of this.#short) this.changed(workload)
    this.#short.clear()
  }

  /** Makes the workload have the pods it wants. */
  reconcile(workload: Workload): void {
    workload.reconcileDue = false
    if (workload.isOver) return
    const { spec } = workload
    const wanted = spec.kind === "job" ? this.#wantedOfJob(workload, spec) : workload.replicas
    for (let missing = wanted - workload.live.size; missing > 0; missing--) {
      if (this.#cluster.create(workload)) continue
      this.#short.add(workload)
      this.changed(workload, quotaRetryMs)
      return
    }
    if (workload.live.size > wanted) this.#scaleIn(workload, workload.live.size - wanted)
  }

  #wantedOfJob(workload: Workload, spec: JobSpec): number {
    const isDone = workload.succeeded >= spec.completions
    if (!isDone && workload.failures <= spec.backoffLimit)
      return Math.min(spec.parallelism, spec.completions - workload.succeeded)
    workload.isOver = true
    this.#cluster.tell(isDone ? "jobDone" : "jobFailed", workload, undefined, workload.succeeded)
    return 0
  }

  #scaleIn(workload: Workload, tooMany: number): void {
    const rank = ({ state }: LifePod): number => (state === "queued" ? 0 : state === "starting" ? 1 : 2)
    const leavers = [...workload.live].toSorted((a, b) => rank(a) - rank(b) || b.id - a.id).slice(0, tooMany)
    for (const pod of leavers) this.#cluster.leave(pod, leaving.scaledIn)
  }

  /** Sets how many pods a deployment wants. */
  scale(workload: Workload, replicas: number): void {
    if (replicas === workload.replicas) return
    workload.replicas = replicas
    this.#cluster.tell("replicasSet", workload, undefined, replicas)
    this.changed(workload)
  }
}
