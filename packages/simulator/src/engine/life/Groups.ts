import { actions } from "./actions.ts"
import type { Cluster } from "./Cluster.ts"
import type { LifeNode, NodeGroup } from "./entities.ts"
import { kubeNode } from "./kubeObjects.ts"
import { leaving } from "./LifeEvent.ts"
import type { GroupSpec } from "./Scenario.ts"

const mebibyte = 2 ** 20
/** A node that has not come up by then never will. */
const bootTimeMsMax = 15 * 60_000
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
      spec: group,
      kube: kubeNode(name, spec, zone),
      zone,
      allocatable: { cpuMilli: spec.cpuMilli, memoryBytes: spec.memoryMib * mebibyte, gpuMilli: spec.gpus * 1_000 },
      podsMax: spec.podsMax,
      used: { cpuMilli: 0, memoryBytes: 0, gpuMilli: 0 },
      pods: [],
      devices: new Int32Array(spec.gpus).fill(-1),
      isReady: false,
      state: "booting",
      requestedMs: agenda.now,
      drainStartedMs: -1,
      ticket: -1
    }
    group.size += 1
    this.#cluster.nodes.set(node.id, node)
    this.#cluster.tell("nodeRequested", node, group)
    const bootMs = spec.bootMs * this.bootFactor
    const fails = this.failing.has(group.name) || this.zonesDown.has(zone) || bootMs >= bootTimeMsMax
    node.ticket = fails
      ? agenda.schedule(agenda.now + bootTimeMsMax, actions.nodeBootFails, node.id)
      : agenda.schedule(agenda.now + bootMs, actions.nodeBoots, node.id)
  }

  /** A node is up. */
  ready(node: LifeNode): void {
    node.ticket = -1
    if (this.zonesDown.has(node.zone)) {
      this.lose(node)
      return
    }
    node.state = "ready"
    node.isReady = true
    // The scheduler knows nodes in the order in which they came up.
    this.#cluster.nodes.delete(node.id)
    this.#cluster.nodes.set(node.id, node)
    this.#cluster.tell("nodeReady", node, node.spec)
    this.#cluster.nodesChanged()
    this.#cluster.roomOn(node)
  }

  /** A node did not come up. */
  bootFailed(node: LifeNode): void {
    this.#cluster.tell("nodeBootFailed", node, node.spec)
    this.#forget(node)
    this.onBootFailed(node.spec)
    this.fill(node.spec)
  }

  /** Keeps new pods off a node, or lets them on it again. */
  setDraining(node: LifeNode, isDraining: boolean): void {
    node.state = isDraining ? "draining" : "ready"
    this.#cluster.tell(isDraining ? "nodeCordoned" : "nodeUncordoned", node, node.spec)
    this.#cluster.nodesChanged()
    if (!isDraining) this.#cluster.roomOn(node)
  }

  /** Gives an empty node back, for good: its group wants one fewer. */
  remove(node: LifeNode, delayMs: number): void {
    node.state = "deleting"
    node.isReady = false
    node.spec.desired -= 1
    this.#cluster.nodesChanged()
    const { agenda } = this.#cluster.parts
    node.ticket = agenda.schedule(agenda.now + delayMs + terminationMs, actions.nodeGoes, node.id)
  }

  /** A deleted node is gone. */
  gone(node: LifeNode): void {
    this.#forget(node)
    this.fill(node.spec)
  }

  /** A spot node is told that it will be taken away; its pods are asked to leave at once. */
  reclaim(node: LifeNode): void {
    const { agenda } = this.#cluster.parts
    if (node.state === "ready") this.setDraining(node, true)
    for (const pod of [...node.pods]) this.#cluster.leave(pod, leaving.reclaimed)
    agenda.schedule(agenda.now + spotNoticeMs, actions.nodeVanishes, node.id)
  }

  /** A node is no more, from one moment to the next. It costs nothing from here on; its pods are noticed later. */
  lose(node: LifeNode): void {
    if (node.state === "lost") return
    const { agenda } = this.#cluster.parts
    if (node.ticket >= 0) agenda.cancel(node.ticket)
    const wasDeleting = node.state === "deleting"
    this.#cluster.tell("nodeLost", node, node.spec)
    const orphans = [...node.pods]
    this.#cluster.losePods(node)
    node.state = "lost"
    node.isReady = false
    this.#forget(node)
    this.#cluster.nodesChanged()
    for (const pod of orphans) pod.ticket = agenda.schedule(agenda.now + noticeMs, actions.lostNodeNoticed, pod.id)
    if (!wasDeleting) this.fill(node.spec)
  }

  #forget(node: LifeNode): void {
    const { meter } = this.#cluster.parts
    node.spec.size -= 1
    this.#cluster.nodes.delete(node.id)
    const { microUsdPerHour } = node.spec.spec
    this.#cluster.tell(
      "nodeGone",
      node,
      node.spec,
      meter.charge(microUsdPerHour, this.#cluster.nowMs - node.requestedMs)
    )
  }
}
