import { uniformInteger } from "../math/sample.ts"
import type { Stream } from "../Stream.ts"
import { Streams } from "../Streams.ts"
import type { PodState } from "../world/World.ts"
import { Autoscaler } from "./Autoscaler.ts"
import { actions } from "./actions.ts"
import { Cluster, type Onlookers } from "./Cluster.ts"
import { Controllers } from "./Controllers.ts"
import { Dispatcher } from "./Dispatcher.ts"
import type { LifeNode, LifePod, Workload } from "./entities.ts"
import { Faults } from "./Faults.ts"
import { Groups } from "./Groups.ts"
import { Hpa } from "./Hpa.ts"
import { kubeObjects } from "./kubeObjects.ts"
import { makeParts, type Parts } from "./Parts.ts"
import type { Scenario, WorkloadSpec } from "./Scenario.ts"

/** What the engine itself says about a pod, for somebody who kept own books. */
export interface CensusEntry {
  readonly pod: number
  readonly workload: string
  readonly state: PodState
  readonly node: number | undefined
}

/** A run in figures. */
export interface LifeResult {
  /** False where more events came than allowed. */
  readonly isComplete: boolean
  readonly digest: string
  readonly events: number
  readonly steps: number
  readonly podsMade: number
  readonly nodesMade: number
  readonly nodesMost: number
  readonly microUsd: number
}

/** A cluster with everything that happens in it, from a scenario and a seed; the same again each time. */
export class Life {
  readonly cluster: Cluster
  readonly #scenario: Scenario
  readonly #workloads: ReadonlyArray<Workload>
  readonly #groups: Groups
  readonly #controllers: Controllers
  readonly #dispatcher: Dispatcher
  readonly #hpa: Hpa
  readonly #autoscaler: Autoscaler | undefined
  readonly #faults: Faults
  readonly #runs: Stream
  #events = 0
  #nodesMost = 0

  constructor(scenario: Scenario, seed: number, onlookers: Onlookers = {}, parts?: Parts) {
    const streams = new Streams(seed)
    this.#scenario = scenario
    this.#workloads = workloadsOf(scenario.workloads)
    this.#runs = streams.named("runs")
    this.cluster = new Cluster(parts ?? makeParts(scenario, streams), onlookers)
    this.#groups = new Groups(this.cluster, scenario.groups)
    this.#controllers = new Controllers(this.cluster, this.#workloads)
    this.#dispatcher = new Dispatcher(this.cluster, [...new Set(scenario.workloads.map((one) => one.priority))])
    this.#hpa = new Hpa(this.cluster, this.#controllers)
    this.#faults = new Faults(this.cluster, this.#groups, scenario.faults, (node) => this.#hear(node))
    this.#autoscaler =
      scenario.autoscaler === null
        ? undefined
        : new Autoscaler(this.cluster, this.#groups, this.#workloads, scenario.autoscaler, streams.named("expander"))
    this.cluster.reactions = {
      podQueued: (pod) => this.#dispatcher.queued(pod),
      roomOn: (node) => this.#dispatcher.roomOn(node),
      workloadChanged: (workload) => this.#controllers.changed(workload),
      quotaFreed: () => this.#controllers.quotaFreed(),
      nodesChanged: () => this.#controllers.nodesChanged()
    }
    this.#begin()
  }

  #begin(): void {
    const { agenda } = this.cluster.parts
    this.#faults.begin()
    for (const group of this.#groups.all) this.#groups.fill(group)
    for (const { id, spec } of this.#workloads) agenda.schedule(spec.arriveMs, actions.workloadArrives, id)
    this.#autoscaler?.begin()
  }

  /** Lets everything happen up to and including `untilMs`, or to the end, or until `eventsMax` events in all have happened. */
  run(untilMs = this.#scenario.endMs, eventsMax = Number.MAX_SAFE_INTEGER): LifeResult {
    const { agenda, meter } = this.cluster.parts
    let next = agenda.nextTime()
    for (; next >= 0 && next <= untilMs && this.#events < eventsMax; next = agenda.nextTime()) {
      agenda.take()
      this.#events += 1
      this.#act(agenda.class, agenda.payload)
      this.#nodesMost = Math.max(this.#nodesMost, this.cluster.nodes.size)
    }
    return {
      isComplete: next < 0 || next > untilMs,
      digest: this.cluster.trace.hash,
      events: this.#events,
      steps: this.cluster.trace.lines,
      podsMade: this.#workloads.reduce((sum, { made }) => sum + made, 0),
      nodesMade: this.#groups.all.reduce((sum, { made }) => sum + made, 0),
      nodesMost: this.#nodesMost,
      microUsd: meter.microUsdTotal
    }
  }

  /** Every pod that is not over, with its state. */
  census(): ReadonlyArray<CensusEntry> {
    return [...this.cluster.pods.values()].map(({ id, node, state, workload }) => ({
      pod: id,
      workload: workload.name,
      state,
      node: node?.id
    }))
  }

  #act(action: number, payload: number): void {
    switch (action) {
      case actions.faultBegins:
        this.#faults.happen(payload)
        break
      case actions.faultEnds:
        this.#faults.end(payload)
        break
      case actions.scheduling:
        this.#dispatcher.schedule()
        break
      case actions.queueFlush:
        this.#dispatcher.flush()
        break
      case actions.autoscalerScan:
        this.#autoscaler?.scan()
        break
      case actions.workloadArrives:
      case actions.workloadReconciles:
      case actions.hpaSync:
        this.#actOnWorkload(action, this.#workloads[payload] as Workload)
        break
      case actions.podRuns:
      case actions.podEnds:
      case actions.podLeft:
      case actions.lostNodeNoticed:
        this.#actOnPod(action, payload)
        break
      default:
        this.#actOnNode(action, payload)
        break
    }
  }

  #actOnWorkload(action: number, workload: Workload): void {
    const hpa = workload.spec.kind === "deployment" ? workload.spec.hpa : null
    if (action === actions.workloadReconciles) this.#controllers.reconcile(workload)
    else if (action === actions.workloadArrives) {
      workload.arrived = true
      this.#controllers.changed(workload)
      if (hpa !== null) this.#hpa.begin(workload)
    } else if (hpa !== null) this.#hpa.sync(workload, hpa)
  }

  #actOnPod(action: number, id: number): void {
    const pod = this.cluster.pods.get(id)
    if (pod === undefined) return
    if (pod.node?.isSilent === true && pod.state !== "lost") pod.node.unheard.push({ action, pod })
    else this.#becomes(action, pod)
  }

  /** Each pod does next what its state lets it: one that was told to leave meanwhile does not succeed any more. */
  #hear(node: LifeNode): void {
    if (!this.cluster.nodes.has(node.id) || !node.isSilent) return
    this.cluster.nodeSilent(node, false)
    const { agenda } = this.cluster.parts
    for (const { action, pod } of node.unheard.splice(0)) {
      if (nextOf[pod.state] !== action) continue
      // Only now does the node hear that the pod is to leave.
      if (action === actions.podLeft)
        pod.ticket = agenda.schedule(agenda.now + pod.workload.spec.graceMs, action, pod.id)
      else this.#becomes(action, pod)
    }
    this.cluster.roomOn(node)
  }

  #becomes(action: number, pod: LifePod): void {
    if (action === actions.podRuns) this.#runPod(pod)
    else if (action === actions.podEnds) this.#endPod(pod)
    else if (action === actions.podLeft) this.cluster.end(pod, "podGone")
    else this.cluster.forget(pod)
  }

  #runPod(pod: LifePod): void {
    const { spec } = pod.workload
    if (spec.kind === "job") this.cluster.run(pod, uniformInteger(this.#runs, spec.runMsMin, spec.runMsMax))
    else {
      this.cluster.run(pod, undefined)
      if (spec.kind === "deployment" && spec.hpa !== null) pod.workload.recent.push(pod)
    }
  }

  #endPod(pod: LifePod): void {
    const { spec } = pod.workload
    const hasCrashed = spec.kind === "job" && spec.crashPercent > 0 && this.#runs.below(100) < spec.crashPercent
    if (hasCrashed) pod.workload.failures += 1
    else pod.workload.succeeded += 1
    this.cluster.end(pod, hasCrashed ? "podFailed" : "podSucceeded")
  }

  #actOnNode(action: number, id: number): void {
    const node = this.cluster.nodes.get(id)
    if (node === undefined) return
    if (action === actions.nodeBoots) this.#groups.ready(node)
    else if (action === actions.nodeBootFails) this.#groups.bootFailed(node)
    else if (action === actions.nodeGoes) this.#groups.gone(node)
    else if (action === actions.nodeVanishes) this.#groups.lose(node)
    else if (action === actions.silentNodeNoticed) this.#groups.giveUp(node)
    else this.#autoscaler?.drainStep(node)
  }
}

/** What comes next for a pod in each state. */
const nextOf: Partial<Record<PodState, number>> = {
  starting: actions.podRuns,
  running: actions.podEnds,
  leaving: actions.podLeft
}

const workloadsOf = (specs: ReadonlyArray<WorkloadSpec>): ReadonlyArray<Workload> => {
  const { pods } = kubeObjects(specs)
  return specs.map((spec, id) => {
    const podClass = pods.find((pod) => pod.class.labels.get("app") === spec.name)?.class
    if (podClass === undefined) throw new RangeError(`workload ${spec.name} makes no pods`)
    return {
      id,
      name: spec.name,
      spec,
      podClass,
      kind: String(id),
      request: { cpuMilli: spec.cpuMilli, memoryBytes: spec.memoryMib * 2 ** 20, gpuMilli: spec.gpuMilli },
      apart: spec.kind === "deployment" && spec.apart,
      live: new Set(),
      recent: [],
      arrived: false,
      replicas: spec.kind === "deployment" ? spec.replicas : 0,
      running: 0,
      queued: 0,
      made: 0,
      succeeded: 0,
      failures: 0,
      isOver: false,
      reconcileDue: false
    }
  })
}
