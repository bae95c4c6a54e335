import { clusterAutoscalerDefaults } from "@orrery/core"
import { gpusOf } from "../world/Gpus.ts"
import { leaving } from "../world/WorldEvent.ts"
import { actions } from "./actions.ts"
import type { Cluster } from "./Cluster.ts"
import type { LifeNode, NodeGroup } from "./entities.ts"
import { kubeNode } from "./kubeObjects.ts"
import type { GroupSpec } from "./Scenario.ts"

const mebibyte = 2 ** 20
/** From a node's silence to its pods being given up: forty seconds to notice, five minutes of hope. */
const noticeMs = 340_000
const terminationMs = 30_000
/** How long before it goes a spot node is told. */
const spotNoticeMs = 120_000

/** Node groups: each asks for nodes until it has as many as it wants, and replaces those that fail. */
export class Groups {
  readonly all: ReadonlyArray<NodeGroup>
  /** Boots of these groups fail; counted, since faults overlap. */
  readonly failing = new Map<string, number>()
  readonly zonesDown = new Map<number, number>()
  bootFactor = 1
  /** Told when a node did not come up in time. */
  onBootFailed: (group: NodeGroup) => void = () => {}
  /** A node that has not come up by then never will. */
  bootTimeMsMax = clusterAutoscalerDefaults(36).nodeProvisionTimeMsMax
  readonly #cluster: Cluster
  #made = 0

  constructor(cluster: Cluster, specs: ReadonlyArray<GroupSpec>) {
    this.#cluster = cluster
    this.all = specs.map((spec, id) => ({ id, name: spec.name, spec, desired: spec.initial, size: 0, made: 0 }))
  }

  /** Asks for the nodes that a group lacks. */
  fill(group: NodeGroup): void {
    while (group.size < group.desired) this.#request(group)
  }

  #request(group: NodeGroup): void {
    const { agenda } = this.#cluster.parts
    const { spec } = group
    const zone = group.made % Math.max(1, spec.zones)
    const name = `${group.name}-${group.made++}`
    const node: LifeNode = {
      id: this.#made++,
      name,
      group: group.name,
      pool: group,
      kube: kubeNode(name, spec, zone),
      zone,
      allocatable: { cpuMilli: spec.cpuMilli, memoryBytes: spec.memoryMib * mebibyte, gpuMilli: spec.gpus * 1_000 },
      podsMax: spec.podsMax,
      used: { cpuMilli: 0, memoryBytes: 0, gpuMilli: 0 },
      pods: [],
      gpusFree: gpusOf(spec.gpus * 1_000),
      isReady: false,
      isSilent: false,
      silentSinceMs: -1,
      unheard: [],
      state: "booting",
      requestedMs: agenda.now,
      drainStartedMs: -1,
      ticket: -1
    }
    group.size += 1
    this.#cluster.nodeRequested(node)
    const bootMs = spec.bootMs * this.bootFactor
    const fails = this.failing.has(group.name) || this.zonesDown.has(zone) || bootMs >= this.bootTimeMsMax
    node.ticket = fails
      ? agenda.schedule(agenda.now + this.bootTimeMsMax, actions.nodeBootFails, node.id)
      : agenda.schedule(agenda.now + bootMs, actions.nodeBoots, node.id)
  }

  /** A node is up. */
  ready(node: LifeNode): void {
    node.ticket = -1
    if (this.zonesDown.has(node.zone)) {
      this.lose(node)
      return
    }
    this.#cluster.nodeReady(node)
    this.#cluster.roomOn(node)
  }

  /** A node did not come up. */
  bootFailed(node: LifeNode): void {
    this.#cluster.tell("nodeBootFailed", node, node.pool)
    this.#forget(node)
    this.onBootFailed(node.pool)
    this.fill(node.pool)
  }

  /** Keeps new pods off a node, or lets them on it again. */
  close(node: LifeNode, isClosed: boolean): void {
    this.#cluster.nodeCordoned(node, isClosed)
    if (!isClosed) this.#cluster.roomOn(node)
  }

  /** Gives a node back that has no pods but its own, for good: its group wants one fewer. */
  remove(node: LifeNode, delayMs: number): void {
    node.state = "deleting"
    node.isReady = false
    node.pool.desired -= 1
    const { agenda, placement } = this.#cluster.parts
    for (const pod of [...node.pods]) this.#cluster.leave(pod, leaving.drained)
    placement.nodeWent(node)
    node.ticket = agenda.schedule(agenda.now + delayMs + terminationMs, actions.nodeGoes, node.id)
  }

  /** A deleted node is gone, with those of its own pods that have not left yet. */
  gone(node: LifeNode): void {
    for (const pod of [...node.pods]) this.#cluster.end(pod, "podGone")
    this.#forget(node)
    this.fill(node.pool)
  }

  /** A spot node is told that it will be taken away; its pods are asked to leave at once. */
  reclaim(node: LifeNode): void {
    const { agenda } = this.#cluster.parts
    if (node.state === "ready") this.close(node, true)
    for (const pod of [...node.pods]) this.#cluster.leave(pod, leaving.reclaimed)
    agenda.schedule(agenda.now + spotNoticeMs, actions.nodeVanishes, node.id)
  }

  /** A node stops answering. What happens to its pods is heard of when it answers again. */
  silence(node: LifeNode): void {
    const { agenda } = this.#cluster.parts
    this.#cluster.nodeSilent(node, true)
    agenda.schedule(agenda.now + noticeMs, actions.silentNodeNoticed, node.id)
  }

  /** The control plane gives up the pods of a node that has been silent for too long: they are to leave, and others take their place. */
  giveUp(node: LifeNode): void {
    if (!node.isSilent || node.silentSinceMs + noticeMs > this.#cluster.nowMs) return
    for (const pod of [...node.pods]) if (!pod.belongsToNode) this.#cluster.leave(pod, leaving.reclaimed)
  }

  /** A node is no more, from one moment to the next. It costs nothing from here on; its pods are noticed later. */
  lose(node: LifeNode): void {
    if (node.state === "lost") return
    const { agenda } = this.#cluster.parts
    if (node.ticket >= 0) agenda.cancel(node.ticket)
    const wasDeleting = node.state === "deleting"
    const orphans = [...node.pods]
    this.#cluster.nodeLost(node)
    node.isReady = false
    this.#forget(node)
    for (const pod of orphans) pod.ticket = agenda.schedule(agenda.now + noticeMs, actions.lostNodeNoticed, pod.id)
    if (!wasDeleting) this.fill(node.pool)
  }

  #forget(node: LifeNode): void {
    const { meter } = this.#cluster.parts
    node.pool.size -= 1
    const { microUsdPerHour } = node.pool.spec
    this.#cluster.nodeGone(node, meter.charge(microUsdPerHour, this.#cluster.nowMs - node.requestedMs))
  }
}
