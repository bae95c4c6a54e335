import type { CensusEntry } from "../life/Life.ts"
import type { LifeEvent, Witness } from "../life/LifeEvent.ts"
import type { Scenario } from "../life/Scenario.ts"
import { leaving, type Named } from "../world/WorldEvent.ts"
import { type BookedNode, type BookedPod, Books, belongs, isAlone } from "./Books.ts"
import { stalled } from "./stalled.ts"
import type { Invariant, Violation } from "./Violation.ts"

const violationsMax = 100
const wholeGpu = 1_000

/**
 * Judges a run by its events. It keeps books of its own and never looks into the engine, so a mistake there cannot hide here.
 */
export class Auditor {
  readonly violations: Array<Violation> = []
  readonly #books: Books
  readonly #scenario: Scenario
  #nowMs = 0

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#books = new Books(scenario.workloads, scenario.groups)
  }

  /** To be given to the engine. */
  readonly witness: Witness = (timeMs, event, subject, where, amount) => {
    if (!Number.isSafeInteger(timeMs) || timeMs < this.#nowMs) this.#broken("time", `${event} at ${timeMs}`)
    this.#nowMs = Math.max(this.#nowMs, timeMs)
    if (event === "podCreated") this.#podCreated(subject, where)
    else if (event.startsWith("pod")) this.#podEvent(event, subject, where, amount)
    else if (event.startsWith("gpu")) this.#gpu(event, subject, where, amount)
    else if (event === "nodeRequested") this.#nodeRequested(subject, where)
    else if (event.startsWith("node")) this.#nodeEvent(event, subject, amount)
    else this.#workloadEvent(event, subject, amount)
  }

  #broken(invariant: Invariant, message: string): void {
    if (this.violations.length < violationsMax) this.violations.push({ invariant, timeMs: this.#nowMs, message })
  }

  #podCreated(subject: Named, where: Named | undefined): void {
    const workload = this.#books.workloads.get(where?.name ?? "")
    if (workload === undefined || this.#books.pods.has(subject.id)) {
      this.#broken("lifecycle", `pod ${subject.name} is made twice, or by nobody`)
      return
    }
    const pod: BookedPod = { id: subject.id, workload, state: "queued", sinceMs: this.#nowMs, node: undefined }
    this.#books.pods.set(pod.id, pod)
    workload.pods.add(pod)
    this.#checkQuota(workload.spec.namespace)
  }

  #checkQuota(namespace: string): void {
    const quota = this.#scenario.quotas.find((one) => one.namespace === namespace)
    if (quota === undefined) return
    const pods = this.#books.podsOf(namespace)
    const cpuMilli = pods.reduce((sum, { workload }) => sum + workload.spec.cpuMilli, 0)
    if (pods.length > quota.podsMax || cpuMilli > quota.cpuMilliMax)
      this.#broken("quota", `namespace ${namespace} has ${pods.length} pods with ${cpuMilli} m CPU`)
  }

  #podEvent(event: LifeEvent, subject: Named, where: Named | undefined, amount: number): void {
    if (event === "podRefused") return
    const pod = this.#books.pods.get(subject.id)
    const allowed = podSteps[event]
    if (pod === undefined || allowed?.includes(pod.state) !== true) {
      this.#broken("lifecycle", `pod ${subject.name} cannot have ${event}: it is ${pod?.state ?? "not there"}`)
      return
    }
    if (pod.node?.isSilent === true && heardFrom.has(event))
      this.#broken("lifecycle", `pod ${subject.name} has ${event} on a node that does not answer`)
    if (event === "podBound") this.#bound(pod, subject, where)
    if (event === "podRunning") this.#checkGpus(pod, subject)
    if (event === "podLeaving" && amount === leaving.drained) this.#checkBudget(pod, subject)
    const next = podStates[event]
    pod.sinceMs = this.#nowMs
    if (event === "podSucceeded") pod.workload.succeeded += 1
    if (next === undefined || next === "lost") pod.node?.pods.delete(pod)
    if (next !== undefined) pod.state = next
    else {
      this.#books.pods.delete(pod.id)
      pod.workload.pods.delete(pod)
      this.#books.freedMs.set(pod.workload.spec.namespace, this.#nowMs)
    }
  }

  #bound(pod: BookedPod, subject: Named, where: Named | undefined): void {
    const node = this.#books.nodes.get(where?.id ?? -1)
    if (node?.state !== "ready" || node.isSilent) {
      const state = node?.isSilent === true ? "silent" : (node?.state ?? "not there")
      this.#broken("lifecycle", `pod ${subject.name} goes to a node that is ${state}`)
      return
    }
    pod.node = node
    node.pods.add(pod)
    const { cpuMilli, memoryMib } = this.#books.taken(node)
    const { group } = node
    if (cpuMilli > group.cpuMilli || memoryMib > group.memoryMib || node.pods.size > group.podsMax)
      this.#broken("overcommit", `node ${where?.name} has ${node.pods.size} pods, ${cpuMilli} m CPU, ${memoryMib} MiB`)
    const { spec } = pod.workload
    if (!belongs(spec, group))
      this.#broken("placement", `pod ${subject.name} is on ${where?.name}, of a group not for it`)
    if (isAlone(spec) && [...node.pods].some((other) => other !== pod && other.workload === pod.workload))
      this.#broken("placement", `pod ${subject.name} is on ${where?.name} beside another of ${spec.name}`)
  }

  #checkGpus(pod: BookedPod, subject: Named): void {
    let milli = 0
    for (const pods of pod.node?.gpus.values() ?? []) milli += pods.get(pod) ?? 0
    const { gpuMilli } = pod.workload.spec
    if (milli !== gpuMilli) this.#broken("gpu", `pod ${subject.name} has ${milli} thousandths of GPUs, not ${gpuMilli}`)
  }

  #checkBudget(pod: BookedPod, subject: Named): void {
    const { pods, replicas, spec } = pod.workload
    if (
      spec.kind !== "deployment" ||
      spec.maxUnavailable === null ||
      pod.state !== "running" ||
      pod.node?.isSilent === true
    )
      return
    let running = 0
    for (const { node, state } of pods) if (state === "running" && node?.isSilent !== true) running += 1
    if (running - 1 < replicas - spec.maxUnavailable)
      this.#broken("budget", `pod ${subject.name} leaves, ${running - 1} of ${replicas} are left`)
  }

  #gpu(event: LifeEvent, subject: Named, where: Named | undefined, gpu: number): void {
    const pod = this.#books.pods.get(subject.id)
    const node = this.#books.nodes.get(where?.id ?? -1)
    if (pod === undefined || node === undefined || gpu < 0 || gpu >= node.group.gpus) {
      this.#broken("gpu", `pod ${subject.name} has to do with GPU ${gpu}, which is not there`)
      return
    }
    const pods = node.gpus.get(gpu) ?? new Map<BookedPod, number>()
    node.gpus.set(gpu, pods)
    if (event === "gpuFreed") {
      if (!pods.delete(pod)) this.#broken("gpu", `pod ${subject.name} frees GPU ${gpu}, which it does not have`)
      return
    }
    pods.set(pod, (pods.get(pod) ?? 0) + Math.min(wholeGpu, pod.workload.spec.gpuMilli))
    const given = [...pods.values()].reduce((sum, milli) => sum + milli, 0)
    if (given > wholeGpu) this.#broken("gpu", `GPU ${gpu} of ${where?.name} is given away ${given} thousandths`)
  }

  #nodeRequested(subject: Named, where: Named | undefined): void {
    const group = this.#books.groups.get(where?.name ?? "")
    if (group === undefined || this.#books.nodes.has(subject.id)) {
      this.#broken("lifecycle", `node ${subject.name} is made twice, or by nobody`)
      return
    }
    const requestedMs = this.#nowMs
    const node: BookedNode = {
      id: subject.id,
      group,
      requestedMs,
      state: "booting",
      pods: new Set(),
      gpus: new Map(),
      readyMs: 0,
      isSilent: false
    }
    this.#books.nodes.set(node.id, node)
    const size = this.#books.sizeOf(group)
    if (size > group.max) this.#broken("groupSize", `group ${group.name} has ${size} nodes of at most ${group.max}`)
  }

  #nodeEvent(event: LifeEvent, subject: Named, amount: number): void {
    const node = this.#books.nodes.get(subject.id)
    const allowed = nodeSteps[event]
    if (node === undefined || allowed?.includes(node.state) !== true) {
      this.#broken("lifecycle", `node ${subject.name} cannot have ${event}: it is ${node?.state ?? "not there"}`)
      return
    }
    if (event === "nodeGone") this.#gone(node, subject, amount)
    if (event === "nodeReady") node.readyMs = this.#nowMs
    if (event === "nodeSilent" || event === "nodeHeard") node.isSilent = event === "nodeSilent"
    const next = nodeStates[event]
    if (next !== undefined) node.state = next
  }

  #gone(node: BookedNode, subject: Named, charged: number): void {
    if (node.pods.size > 0) this.#broken("lifecycle", `node ${subject.name} goes with ${node.pods.size} pods on it`)
    if ([...node.gpus.values()].some(({ size }) => size > 0))
      this.#broken("gpu", `node ${subject.name} goes with GPUs in use`)
    const seconds = (BigInt(this.#nowMs - node.requestedMs) + 999n) / 1000n
    const microUsd = (seconds * BigInt(node.group.microUsdPerHour)) / 3600n
    if (BigInt(charged) !== microUsd) this.#broken("money", `node ${subject.name} costs ${charged}, not ${microUsd}`)
    this.#books.microUsd += microUsd
    this.#books.nodes.delete(node.id)
  }

  #workloadEvent(event: LifeEvent, subject: Named, amount: number): void {
    const workload = this.#books.workloads.get(subject.name)
    if (workload === undefined) this.#broken("lifecycle", `workload ${subject.name} is not known`)
    else if (event === "replicasSet") workload.replicas = amount
    else {
      workload.isOver = true
      const { spec } = workload
      if (event === "jobDone" && spec.kind === "job" && workload.succeeded < spec.completions)
        this.#broken("lifecycle", `job ${spec.name} is done with ${workload.succeeded} of ${spec.completions}`)
    }
  }

  /** Compares the engine's own pods with the books: none missing, none too many, each where it should be. */
  compare(census: ReadonlyArray<CensusEntry>): void {
    const unseen = new Set(this.#books.pods.keys())
    for (const { node, pod: id, state, workload } of census) {
      const pod = this.#books.pods.get(id)
      const isHeld = pod !== undefined && unseen.delete(id) && pod.state === state
      if (!isHeld || pod.workload.spec.name !== workload || pod.node?.id !== node)
        this.#broken("census", `pod ${id} of ${workload} is ${state}, in the books ${pod?.state ?? "nothing"}`)
    }
    for (const id of unseen) this.#broken("census", `pod ${id} is in the books only`)
  }

  /** The last checks: bills add up, and what should have come once the faults had stopped has come. */
  close(census: ReadonlyArray<CensusEntry>, microUsdTotal: number): ReadonlyArray<Violation> {
    this.compare(census)
    if (BigInt(microUsdTotal) !== this.#books.microUsd)
      this.#broken("money", `the bill is ${microUsdTotal}, the nodes cost ${this.#books.microUsd}`)
    for (const message of stalled(this.#books, this.#scenario)) this.#broken("liveness", message)
    return this.violations
  }
}

/** What only a node that answers can tell of its pods. */
const heardFrom = new Set<LifeEvent>(["podRunning", "podSucceeded", "podFailed"])

type Steps<State> = { readonly [event in LifeEvent]?: State }

const podSteps: Steps<ReadonlyArray<BookedPod["state"]>> = {
  podBound: ["queued"],
  podRunning: ["starting"],
  podLeaving: ["starting", "running"],
  podSucceeded: ["running"],
  podFailed: ["running"],
  podGone: ["leaving"],
  podForgotten: ["queued", "lost"],
  podLost: ["starting", "running", "leaving"]
}
const podStates: Steps<BookedPod["state"]> = {
  podBound: "starting",
  podRunning: "running",
  podLeaving: "leaving",
  podLost: "lost"
}
const nodeSteps: Steps<ReadonlyArray<BookedNode["state"]>> = {
  nodeReady: ["booting"],
  nodeBootFailed: ["booting"],
  nodeCordoned: ["ready"],
  nodeUncordoned: ["closed"],
  nodeSilent: ["ready", "closed"],
  nodeHeard: ["ready", "closed"],
  nodeLost: ["booting", "ready", "closed"],
  nodeGone: ["booting", "closed", "lost"]
}
const nodeStates: Steps<BookedNode["state"]> = {
  nodeReady: "ready",
  nodeCordoned: "closed",
  nodeUncordoned: "ready",
  nodeLost: "lost"
}
