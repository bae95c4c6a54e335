import { leaving } from "../world/WorldEvent.ts"
import { actions } from "./actions.ts"
import type { Cluster } from "./Cluster.ts"
import type { LifeNode, LifePod, Workload } from "./entities.ts"
import { mayRun } from "./kubeObjects.ts"
import type { JobSpec } from "./Scenario.ts"

/** How soon a controller looks again after its namespace was full, if nothing is freed before. */
const quotaRetryMs = 30_000
/** From a change to the controller that acts on it. */
const reactionMs = 10

/** Deployments, jobs and daemons: they make pods that are missing and take away those too many. */
export class Controllers {
  readonly #cluster: Cluster
  readonly #daemons: ReadonlyArray<Workload>
  readonly #short = new Set<Workload>()

  constructor(cluster: Cluster, workloads: ReadonlyArray<Workload>) {
    this.#cluster = cluster
    this.#daemons = workloads.filter(({ spec }) => spec.kind === "daemon")
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

  /** Nodes came or went: daemons follow them. */
  nodesChanged(): void {
    for (const daemon of this.#daemons) this.changed(daemon)
  }

  /** Makes the workload have the pods it wants. */
  reconcile(workload: Workload): void {
    workload.reconcileDue = false
    if (workload.isOver) return
    const { spec } = workload
    if (spec.kind === "daemon") {
      this.#followNodes(workload)
      return
    }
    const wanted = spec.kind === "job" ? this.#wantedOfJob(workload, spec) : workload.replicas
    for (let missing = wanted - workload.live.size; missing > 0; missing--) {
      if (this.#cluster.create(workload)) continue
      this.#waitForQuota(workload)
      return
    }
    if (workload.live.size > wanted) this.#scaleIn(workload, workload.live.size - wanted)
  }

  #waitForQuota(workload: Workload): void {
    this.#short.add(workload)
    this.changed(workload, quotaRetryMs)
  }

  /** One pod for each node that is up; one that never got to its node goes when the node has gone. */
  #followNodes(workload: Workload): void {
    const served = new Set<LifeNode>()
    for (const pod of [...workload.live]) {
      const { target } = pod
      if (target === undefined) continue
      if (pod.state === "queued" && !isUp(target)) this.#cluster.forget(pod)
      else served.add(target)
    }
    for (const node of this.#cluster.nodes.values()) {
      // One that is leaving is waited for: there are never two on a node.
      const isServed = served.has(node) || node.pods.some((pod) => pod.workload === workload)
      if (isServed || !isUp(node) || !mayRun(workload.spec, node.pool.spec)) continue
      if (this.#cluster.create(workload, node)) continue
      this.#waitForQuota(workload)
      return
    }
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

const isUp = ({ state }: LifeNode): boolean => state === "ready" || state === "closed"
