import {
  defaultBehavior,
  defaultTolerance,
  noHistory,
  proposeReplicas,
  type ReplicaHistory,
  scaleReplicas,
  type Tolerance
} from "@orrery/core"
import { actions } from "./actions.ts"
import type { Cluster } from "./Cluster.ts"
import type { Controllers } from "./Controllers.ts"
import type { Workload } from "./entities.ts"
import type { HpaSpec } from "./Scenario.ts"

const syncMs = 15_000
/** A pod's use is known once it was measured for a whole window. */
const windowMs = 60_000
/** Pods use at most this much of what they ask for, as with a limit of twice the request. */
const usagePercentMax = 200

/** The horizontal autoscaler: every 15 seconds it compares what pods use with what they should. */
export class Hpa {
  readonly #cluster: Cluster
  readonly #controllers: Controllers
  readonly #histories = new Map<Workload, ReplicaHistory>()

  constructor(cluster: Cluster, controllers: Controllers) {
    this.#cluster = cluster
    this.#controllers = controllers
  }

  /** Begins with a workload; each has its own place within the 15 seconds. */
  begin(workload: Workload): void {
    const { agenda } = this.#cluster.parts
    agenda.schedule(agenda.now + ((workload.id * 1_000) % syncMs), actions.hpaSync, workload.id)
  }

  /** Looks at one workload. */
  sync(workload: Workload, hpa: HpaSpec): void {
    const { agenda } = this.#cluster.parts
    const { now: nowMs } = agenda
    agenda.schedule(nowMs + syncMs + this.#cluster.lagMs, actions.hpaSync, workload.id)
    const { replicas: current } = workload
    const wanted = proposeReplicas(
      current,
      sampleOf(workload, hpa, nowMs),
      {
        type: "utilization",
        percent: hpa.targetPercent
      },
      toleranceOf(hpa)
    )
    if (wanted === undefined) return
    const before = this.#histories.get(workload) ?? noHistory
    const { min, max } = hpa
    const { history, replicas } = scaleReplicas(
      { current, wanted, min, max, nowMs },
      before,
      hpa.behavior ?? defaultBehavior
    )
    this.#histories.set(workload, history)
    this.#controllers.scale(workload, replicas)
  }
}

const toleranceOf = ({ tolerancePercent }: HpaSpec): Tolerance =>
  tolerancePercent === null ? defaultTolerance : { up: tolerancePercent.up / 100, down: tolerancePercent.down / 100 }

/** The pods that run share the load evenly; those that run for less than a window are not measured yet. */
const sampleOf = (workload: Workload, hpa: HpaSpec, nowMs: number) => {
  const { cpuMilli } = workload.spec
  const { recent } = workload
  while (recent.length > 0 && (recent[0]?.startedMs ?? 0) + windowMs <= nowMs) recent.shift()
  let fresh = 0
  for (const { node, state } of recent) if (state === "running" && node?.isSilent !== true) fresh += 1
  const measured = workload.running - fresh
  const loadMilli = hpa.loadMilli[Math.floor(nowMs / hpa.stepMs) % hpa.loadMilli.length] ?? 0
  const each = Math.min(
    Math.floor(loadMilli / Math.max(1, workload.running)),
    Math.floor((cpuMilli * usagePercentMax) / 100)
  )
  const waiting = fresh + workload.live.size - workload.running
  return {
    ready: { count: measured, usage: each * measured, request: cpuMilli * measured },
    missing: { count: 0, request: 0 },
    unready: { count: waiting, request: cpuMilli * waiting }
  }
}
