import {
  afterFailure,
  beyondNodes,
  type ClusterAutoscalerOptions,
  clusterAutoscalerDefaults,
  type GroupBackoff,
  type GroupPriority,
  isHealthy,
  minus,
  type NodeTemplate,
  none,
  type RemovableNode,
  type RoomyNode,
  type ScaleDownMemory,
  scaleDown,
  scaleDownMemory,
  scaleUp,
  type WaitingPods
} from "@orrery/core"
import type { Stream } from "../Stream.ts"
import { actions } from "./actions.ts"
import type { Cluster } from "./Cluster.ts"
import { Drains } from "./Drains.ts"
import type { LifeNode, LifePod, NodeGroup, Workload } from "./entities.ts"
import type { Groups } from "./Groups.ts"
import { mayRun } from "./kubeObjects.ts"
import type { AutoscalerSpec } from "./Scenario.ts"

const longAgoMs = -1_000_000_000

/** A node that waiting pods may go to. */
interface Roomy extends RoomyNode {
  readonly pool: NodeGroup
  readonly pods: ReadonlyArray<LifePod>
}

/** Equal pods that wait, and what makes them. */
interface Waiting extends WaitingPods {
  readonly workload: Workload
}

/** The Cluster Autoscaler: every ten seconds it looks whether pods wait for nodes, or nodes for pods. */
export class Autoscaler {
  readonly #cluster: Cluster
  readonly #groups: Groups
  readonly #workloads: ReadonlyArray<Workload>
  readonly #options: ClusterAutoscalerOptions
  readonly #draws: Stream
  readonly #priorities: ReadonlyArray<GroupPriority>
  readonly #drains: Drains
  readonly #backoffs = new Map<string, GroupBackoff>()
  #memory: ScaleDownMemory = scaleDownMemory
  #lastScaleUpMs = longAgoMs
  #lastDeleteMs = longAgoMs
  #lastFailureMs = longAgoMs
  /** Nothing changed since this step of the cluster, and no clock runs out before that time: a scan would find the same. */
  #quietStep = -1
  #quietUntilMs = 0

  constructor(
    cluster: Cluster,
    groups: Groups,
    workloads: ReadonlyArray<Workload>,
    spec: AutoscalerSpec,
    draws: Stream
  ) {
    this.#cluster = cluster
    this.#groups = groups
    this.#workloads = workloads
    this.#draws = draws
    this.#options = optionsOf(spec)
    this.#priorities = spec.priorities
    this.#drains = new Drains(cluster, groups, this.#options, (isDone) => {
      if (isDone) this.#lastDeleteMs = cluster.nowMs
      else this.#lastFailureMs = cluster.nowMs
    })
    groups.bootTimeMsMax = this.#options.nodeProvisionTimeMsMax
    groups.onBootFailed = (group) => this.#bootFailed(group)
  }

  /** Takes up its rounds. */
  begin(): void {
    this.#later()
  }

  #later(): void {
    const { agenda } = this.#cluster.parts
    agenda.schedule(agenda.now + this.#options.scanIntervalMs + this.#cluster.lagMs, actions.autoscalerScan, 0)
  }

  #bootFailed(group: NodeGroup): void {
    group.desired = Math.max(group.spec.min, group.desired - 1)
    const { nowMs } = this.#cluster
    this.#backoffs.set(group.name, afterFailure(this.#backoffs.get(group.name), nowMs, this.#options))
  }

  /** One round. */
  scan(): void {
    this.#later()
    const {
      nowMs,
      trace: { lines }
    } = this.#cluster
    if (this.#quietStep === lines && nowMs < this.#quietUntilMs) return
    if (isHealthy(this.#countOf(), this.#options)) {
      const waiting = this.#waiting()
      const hasGrown = waiting.length > 0 && this.#grow(waiting)
      if (!hasGrown) this.#shrink()
    } else this.#memory = scaleDownMemory
    this.#quietStep = this.#cluster.trace.lines
    // A pod that waits grows older, and is refused sooner or later, without anything that counts as a step.
    const isAnyQueued = this.#workloads.some(({ queued }) => queued > 0)
    this.#quietUntilMs = isAnyQueued ? nowMs : this.#nextClockMs()
  }

  /** How many nodes there are and how many do not answer, of one group or of all. */
  #countOf(group?: NodeGroup): { readonly total: number; readonly unready: number } {
    let total = 0
    let unready = 0
    for (const { isSilent, pool, state } of this.#cluster.nodes.values()) {
      if (state === "booting" || (group !== undefined && pool !== group)) continue
      total += 1
      if (isSilent) unready += 1
    }
    return { total, unready }
  }

  /** Pods that the scheduler has refused for a while and that no node has room for, those on their way included. */
  #waiting(): ReadonlyArray<Waiting> {
    const { expendablePriorityCutoff } = this.#options
    const found: Array<Waiting> = []
    for (const workload of this.#workloads) {
      const { kind, priority } = workload.spec
      // A daemon's pods come with nodes, and never bring any.
      if (workload.queued === 0 || priority < expendablePriorityCutoff || kind === "daemon") continue
      const count = this.#refusedLong(workload)
      if (count > 0)
        found.push({ name: workload.name, request: workload.request, apart: workload.apart, count, workload })
    }
    if (found.length === 0) return found
    const important = found.toSorted((a, b) => b.workload.spec.priority - a.workload.spec.priority)
    return beyondNodes(important, this.#roomyNodes(), ({ workload }, { pods, pool }) => {
      const isBeside = workload.apart && pods.some((pod) => pod.workload === workload)
      return !isBeside && mayRun(workload.spec, pool.spec)
    })
  }

  #refusedLong({ live, spec }: Workload): number {
    const { unschedulableBufferMs, unschedulableGpuBufferMs } = this.#options
    const sinceMs = this.#cluster.nowMs - (spec.gpuMilli > 0 ? unschedulableGpuBufferMs : unschedulableBufferMs)
    let count = 0
    for (const { awaited, createdMs, nominated, refusedMs, state } of live) {
      // Others leave a node for this one already.
      const isAwaited = awaited > 0 && nominated?.state === "ready"
      if (state === "queued" && refusedMs >= 0 && createdMs < sinceMs && !isAwaited) count += 1
    }
    return count
  }

  /** Nodes that take pods, and those on their way as they will be. */
  #roomyNodes(): ReadonlyArray<Roomy> {
    return [...this.#cluster.nodes.values()].flatMap((node): ReadonlyArray<Roomy> => {
      const { pool, state } = node
      if (state === "ready") return node.isSilent ? [] : [node]
      return state === "booting" ? [{ ...this.#templateOf(pool), pool, used: none, pods: [] }] : []
    })
  }

  #grow(waiting: ReadonlyArray<Waiting>): boolean {
    const { nowMs } = this.#cluster
    const byName = new Map(waiting.map((pods) => [pods.name, pods.workload.spec]))
    const groups = new Map(this.#groups.all.map(({ name, spec }) => [name, spec]))
    const { grow } = scaleUp({
      waiting,
      groups: this.#groups.all.map((group) => ({
        ...this.#templateOf(group),
        name: group.name,
        size: Math.max(group.desired, group.size),
        max: group.spec.max,
        isUnhealthy: !isHealthy(this.#countOf(group), this.#options),
        microUsdPerHour: group.spec.microUsdPerHour,
        isBackingOff: (this.#backoffs.get(group.name)?.untilMs ?? longAgoMs) > nowMs
      })),
      mayRun: ({ name }, groupName) => {
        const spec = byName.get(name)
        const group = groups.get(groupName)
        return spec !== undefined && group !== undefined && mayRun(spec, group)
      },
      options: this.#options,
      rules: {
        expanders: this.#options.expanders,
        draw: this.#draws.uint32(),
        priorities: this.#priorities,
        clusterNodes: this.#countOf().total
      },
      cpuMilliTotal: this.#groups.all.reduce((sum, { size, spec }) => sum + size * spec.cpuMilli, 0)
    })
    const group = this.#groups.all.find(({ name }) => name === grow?.group)
    if (grow === undefined || group === undefined) return false
    group.desired = Math.max(group.desired, group.size) + grow.nodes
    this.#groups.fill(group)
    this.#lastScaleUpMs = nowMs
    return true
  }

  #shrink(): void {
    const nodes = [...this.#cluster.nodes.values()].filter(({ state }) => state === "ready")
    const { budgets } = this.#cluster.parts
    const groups = new Map(this.#groups.all.map(({ name, spec }) => [name, spec]))
    const decision = scaleDown({
      nodes: nodes.map(withoutOverdue),
      groups: new Map(this.#groups.all.map(({ desired, name, spec }) => [name, { size: desired, min: spec.min }])),
      disruptionsLeft: new Map(this.#workloads.map((workload) => [workload.name, budgets.left(workload)])),
      mayRun: (kind: string, { group }: RemovableNode) => {
        const workload = this.#workloads[Number(kind)]
        const spec = groups.get(group)
        return workload !== undefined && spec !== undefined && mayRun(workload.spec, spec)
      },
      deletingEmpty: this.#drains.deleting(),
      draining: this.#drains.active.size,
      lastScaleUpMs: this.#lastScaleUpMs,
      lastDeleteMs: this.#lastDeleteMs,
      lastFailureMs: this.#lastFailureMs,
      nowMs: this.#cluster.nowMs,
      options: this.#options,
      memory: this.#memory
    })
    this.#memory = decision.memory
    const byName = new Map<string, LifeNode>(nodes.map((node) => [node.name, node]))
    for (const name of [...decision.empty, ...decision.drain]) {
      const node = byName.get(name)
      if (node !== undefined) this.#drains.begin(node)
    }
  }

  /** Continues to empty a node. */
  drainStep(node: LifeNode): void {
    this.#drains.step(node)
  }

  /** When, without any change, the next scan may find something else. */
  #nextClockMs(): number {
    const { nowMs } = this.#cluster
    const { unneededTimeMs, unreadyTimeMs } = this.#options
    const clocks = [
      this.#lastScaleUpMs + this.#options.scaleDownDelayAfterAddMs,
      this.#lastDeleteMs + this.#options.scaleDownDelayAfterDeleteMs,
      this.#lastFailureMs + this.#options.scaleDownDelayAfterFailureMs,
      ...[...this.#memory.unneededSinceMs.values()].flatMap((sinceMs) => [
        sinceMs + unneededTimeMs,
        sinceMs + unreadyTimeMs
      ]),
      ...this.#memory.unremovableUntilMs.values()
    ]
    let nextMs = Number.MAX_SAFE_INTEGER
    for (const clockMs of clocks) if (clockMs >= nowMs && clockMs < nextMs) nextMs = clockMs
    return nextMs
  }

  /** What a new node has for pods, beside those that every node of the group brings along. */
  #templateOf({ spec }: NodeGroup): NodeTemplate {
    const own = this.#workloads.filter((one) => one.spec.kind === "daemon" && one.arrived && mayRun(one.spec, spec))
    const whole = { cpuMilli: spec.cpuMilli, memoryBytes: spec.memoryMib * 2 ** 20, gpuMilli: spec.gpus * 1_000 }
    return {
      allocatable: own.reduce((left, { request }) => minus(left, request), whole),
      podsMax: spec.podsMax - own.length
    }
  }
}

/** Pods that were told to leave a node that does not answer hold its removal up no longer. */
const withoutOverdue = (node: LifeNode): RemovableNode =>
  node.isSilent ? { ...node, pods: node.pods.filter(({ state }) => state !== "leaving") } : node

const optionsOf = ({ expanders, minor, options }: AutoscalerSpec): ClusterAutoscalerOptions => {
  const defaults = { ...clusterAutoscalerDefaults(minor), ...options }
  return expanders.length === 0 ? defaults : { ...defaults, expanders }
}
