// The default profile once more, in the most obvious way: every pod and node looked at anew, whole numbers as BigInt, labels as
// text. It shares only the objects with the fast engine, and judges it.
import type {
  KubeNode,
  KubeObjects,
  KubePod,
  NodeTerm,
  PodClass,
  PodTerm,
  SpreadConstraint
} from "../../../src/engine/profiles/kube/index.ts"
import { selects } from "../../../src/engine/profiles/kube/selector.ts"

/** A pod and the node it runs on. */
export interface Running {
  readonly pod: KubePod
  readonly node: KubeNode
}

const termSelects = (term: NodeTerm, node: KubeNode): boolean =>
  (term.labels.length > 0 || term.fields.length > 0) &&
  selects(term.labels, node.labels) &&
  selects(term.fields, new Map([["metadata.name", node.name]]))

const wantsNode = (pod: PodClass, node: KubeNode): boolean =>
  (pod.nodeSelector === undefined || selects(pod.nodeSelector, node.labels)) &&
  (pod.nodeTerms === undefined || pod.nodeTerms.some((term) => termSelects(term, node)))

const tolerated = (pod: PodClass, taint: KubeNode["taints"][number]): boolean =>
  pod.tolerations.some(
    (one) =>
      (one.effect === "" || one.effect === taint.effect) &&
      (one.key === "" || one.key === taint.key) &&
      (one.operator === "Exists" || one.value === taint.value)
  )

const untolerated = (pod: PodClass, node: KubeNode, soft: boolean) =>
  node.taints.filter((taint) => (taint.effect === "PreferNoSchedule") === soft && !tolerated(pod, taint))

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, one) => total + one, 0)

/** The obvious engine: what it is told, and nothing remembered. */
export class Naive {
  readonly #objects: KubeObjects
  readonly #running: ReadonlyArray<Running>

  constructor(objects: KubeObjects, running: ReadonlyArray<Running>) {
    this.#objects = objects
    this.#running = running
  }

  #on(node: KubeNode): ReadonlyArray<KubePod> {
    return this.#running.filter((one) => one.node === node).map((one) => one.pod)
  }

  #reaches(term: PodTerm, other: PodClass): boolean {
    const labels = this.#objects.namespaces.get(other.namespace) ?? new Map()
    const named = term.namespaces.includes(other.namespace) || selects(term.namespaceSelector, labels)
    return (named || selects(term.namespaceSelector, new Map())) && selects(term.selector, other.labels)
  }

  #reachedBy(term: PodTerm, pod: PodClass): boolean {
    const labels = this.#objects.namespaces.get(pod.namespace) ?? new Map()
    return (
      (term.namespaces.includes(pod.namespace) || selects(term.namespaceSelector, labels)) &&
      selects(term.selector, pod.labels)
    )
  }

  #constraints(
    pod: PodClass,
    hard: boolean
  ): { readonly list: ReadonlyArray<SpreadConstraint>; readonly own: boolean } {
    if (pod.spread.length > 0) return { list: pod.spread.filter((one) => one.hard === hard), own: true }
    const selectors = this.#objects.services
      .filter((one) => one.namespace === pod.namespace)
      .map((one) => [...one.selector].map(([key, value]) => ({ key, operator: "In" as const, values: [value] })))
      .filter((one) => selects(one, pod.labels))
    if (hard || selectors.length === 0) return { list: [], own: false }
    const rest = { hard, minDomains: 1, honorAffinity: true, honorTaints: false, selector: selectors.flat() }
    return {
      own: false,
      list: [
        { ...rest, topologyKey: "kubernetes.io/hostname", maxSkew: 3 },
        { ...rest, topologyKey: "topology.kubernetes.io/zone", maxSkew: 5 }
      ]
    }
  }

  #counts(pod: PodClass, one: SpreadConstraint, node: KubeNode, all: ReadonlyArray<SpreadConstraint>): boolean {
    return (
      all.every((other) => node.labels.has(other.topologyKey)) &&
      (!one.honorAffinity || wantsNode(pod, node)) &&
      (!one.honorTaints || untolerated(pod, node, false).length === 0)
    )
  }

  #matching(pod: PodClass, one: SpreadConstraint, node: KubeNode): number {
    if (one.selector?.length === 0) return 0
    return this.#on(node).filter(
      (other) => other.class.namespace === pod.namespace && selects(one.selector, other.class.labels)
    ).length
  }

  /** Why a node is refused; empty where it is not. */
  refusal(pod: PodClass, node: KubeNode): ReadonlyArray<string> {
    if (node.unschedulable && !tolerated(pod, cordon)) return ["node(s) were unschedulable"]
    if (untolerated(pod, node, false).length > 0) return ["node(s) had untolerated taint(s)"]
    if (!wantsNode(pod, node)) return ["node(s) didn't match Pod's node affinity/selector"]
    const lacking = this.#lacking(pod, node)
    if (lacking.length > 0) return lacking
    return this.#spreadRefusal(pod, node) ?? this.#affinityRefusal(pod, node) ?? []
  }

  #lacking(pod: PodClass, node: KubeNode): ReadonlyArray<string> {
    const there = this.#on(node).map((one) => one.class.request)
    const short = (wanted: number, size: number, used: ReadonlyArray<number>): boolean =>
      wanted > 0 && wanted > size - sum(used)
    const { request } = pod
    const has = node.allocatable
    return [
      ...(there.length + 1 > node.podsMax ? ["Too many pods"] : []),
      ...(short(
        request.cpuMilli,
        has.cpuMilli,
        there.map((one) => one.cpuMilli)
      )
        ? ["Insufficient cpu"]
        : []),
      ...(short(
        request.memoryBytes,
        has.memoryBytes,
        there.map((one) => one.memoryBytes)
      )
        ? ["Insufficient memory"]
        : []),
      ...[...request.scalars]
        .filter(([name, wanted]) =>
          short(
            wanted,
            has.scalars.get(name) ?? 0,
            there.map((one) => one.scalars.get(name) ?? 0)
          )
        )
        .map(([name]) => `Insufficient ${name}`)
    ]
  }

  #spreadRefusal(pod: PodClass, node: KubeNode): ReadonlyArray<string> | undefined {
    const { list } = this.#constraints(pod, true)
    const words = "node(s) didn't match pod topology spread constraints"
    for (const one of list) {
      const value = node.labels.get(one.topologyKey)
      if (value === undefined) return [`${words} (missing required label)`]
      const counts = new Map<string, number>()
      for (const other of this.#objects.nodes.filter((any) => this.#counts(pod, one, any, list))) {
        const domain = other.labels.get(one.topologyKey) ?? ""
        counts.set(domain, (counts.get(domain) ?? 0) + this.#matching(pod, one, other))
      }
      const least = counts.size < one.minDomains ? 0 : Math.min(...counts.values())
      const self = selects(one.selector, pod.labels) ? 1 : 0
      if ((counts.get(value) ?? 0) + self - least > one.maxSkew) return [words]
    }
    return undefined
  }

  #affinityRefusal(pod: PodClass, node: KubeNode): ReadonlyArray<string> | undefined {
    const near = (key: string, other: KubeNode): boolean =>
      node.labels.has(key) && node.labels.get(key) === other.labels.get(key)
    const friends = this.#running.filter((one) => pod.affinity.every((term) => this.#reaches(term, one.pod.class)))
    const meets = pod.affinity.every((term) => friends.some((one) => near(term.topologyKey, one.node)))
    const first =
      pod.affinity.every((term) => node.labels.has(term.topologyKey) && this.#reaches(term, pod)) &&
      !friends.some((one) => pod.affinity.some((term) => one.node.labels.has(term.topologyKey)))
    if (!meets && !first) return ["node(s) didn't match pod affinity rules"]
    const enemy = pod.antiAffinity.some((term) =>
      this.#running.some((one) => this.#reaches(term, one.pod.class) && near(term.topologyKey, one.node))
    )
    if (enemy) return ["node(s) didn't match pod anti-affinity rules"]
    const hated = this.#running.some((one) =>
      one.pod.class.antiAffinity.some((term) => this.#reachedBy(term, pod) && near(term.topologyKey, one.node))
    )
    return hated ? ["node(s) didn't satisfy existing pods anti-affinity rules"] : undefined
  }

  /** Every plugin's weighted score of the feasible nodes. */
  scores(pod: PodClass, nodes: ReadonlyArray<KubeNode>): ReadonlyArray<Readonly<Record<string, number>>> {
    const taints = reversed(nodes.map((node) => untolerated(pod, node, true).length))
    const preferred = pod.preferredNodeTerms
    const wishes = (node: KubeNode): number =>
      sum((preferred ?? []).filter((term) => termSelects(term, node)).map((term) => term.weight))
    const affinity = preferred && scaled(nodes.map(wishes))
    const spread = this.#spreadScores(pod, nodes)
    const near = this.#affinityScores(pod, nodes)
    const bestEffort = pod.request.cpuMilli === 0 && pod.request.memoryBytes === 0
    return nodes.map((node, at) => ({
      TaintToleration: 3 * (taints[at] ?? 0),
      ...(affinity === undefined ? {} : { NodeAffinity: 2 * (affinity[at] ?? 0) }),
      NodeResourcesFit: this.#least(pod, node),
      ...(spread === undefined ? {} : { PodTopologySpread: 2 * (spread[at] ?? 0) }),
      ...(near === undefined ? {} : { InterPodAffinity: 2 * (near[at] ?? 0) }),
      DynamicResources: 0,
      ...(bestEffort ? {} : { NodeResourcesBalancedAllocation: this.#balance(pod, node) }),
      ImageLocality: 0
    }))
  }

  #least(pod: PodClass, node: KubeNode): number {
    const cpu = pod.scoredCpuMilli + sum(this.#on(node).map((one) => one.class.nonZeroCpuMilli))
    const memory = pod.scoredMemoryBytes + sum(this.#on(node).map((one) => one.class.nonZeroMemoryBytes))
    const { cpuMilli, memoryBytes } = node.allocatable
    const known = [percentFree(cpuMilli, cpu), percentFree(memoryBytes, memory)].filter((one) => one !== undefined)
    return known.length === 0 ? 0 : Math.floor(sum(known) / known.length)
  }

  #balance(pod: PodClass, node: KubeNode): number {
    const there = this.#on(node).map((one) => one.class.request)
    const even = (requests: ReadonlyArray<PodClass["request"]>): number => {
      const { cpuMilli, memoryBytes } = node.allocatable
      if (cpuMilli === 0 || memoryBytes === 0) return 100
      const cpu = Math.min(1, sum(requests.map((one) => one.cpuMilli)) / cpuMilli)
      const memory = Math.min(1, sum(requests.map((one) => one.memoryBytes)) / memoryBytes)
      return Math.trunc((1 - Math.abs((cpu - memory) / 2)) * 100)
    }
    return 50 + Math.trunc((50 + even([...there, pod.request]) - even(there)) / 2)
  }

  #spreadScores(pod: PodClass, nodes: ReadonlyArray<KubeNode>): ReadonlyArray<number> | undefined {
    const { list, own } = this.#constraints(pod, false)
    if (list.length === 0) return undefined
    const scored = nodes.filter((node) => !own || list.every((one) => node.labels.has(one.topologyKey)))
    const host = (one: SpreadConstraint): boolean => one.topologyKey === "kubernetes.io/hostname"
    const raw = nodes.map((node) => {
      if (!scored.includes(node)) return undefined
      const parts = list.map((one) => {
        const value = node.labels.get(one.topologyKey)
        if (value === undefined) return 0
        const size = host(one)
          ? scored.length
          : new Set(scored.map((any) => any.labels.get(one.topologyKey) ?? "")).size
        const around = this.#objects.nodes.filter(
          (any) => any.labels.get(one.topologyKey) === value && this.#counts(pod, one, any, own ? list : [])
        )
        const count = sum((host(one) ? [node] : around).map((any) => this.#matching(pod, one, any)))
        return count * Math.log(size + 2) + (one.maxSkew - 1)
      })
      return Math.round(sum(parts))
    })
    const known = raw.filter((one) => one !== undefined)
    const most = Math.max(0, ...known)
    const fewest = Math.min(...known)
    return raw.map((one) =>
      one === undefined ? 0 : most === 0 ? 100 : Math.floor((100 * (most + fewest - one)) / most)
    )
  }

  #affinityScores(pod: PodClass, nodes: ReadonlyArray<KubeNode>): ReadonlyArray<number> | undefined {
    const parts = this.#running.flatMap(({ pod: { class: other }, node }) =>
      [
        ...pod.preferredAffinity
          .filter((term) => this.#reaches(term, other))
          .map((term) => [term, term.weight] as const),
        ...pod.preferredAntiAffinity
          .filter((term) => this.#reaches(term, other))
          .map((term) => [term, -term.weight] as const),
        ...other.affinity.filter((term) => this.#reachedBy(term, pod)).map((term) => [term, 1] as const),
        ...other.preferredAffinity
          .filter((term) => this.#reachedBy(term, pod))
          .map((term) => [term, term.weight] as const),
        ...other.preferredAntiAffinity
          .filter((term) => this.#reachedBy(term, pod))
          .map((term) => [term, -term.weight] as const)
      ].flatMap(([{ topologyKey }, weight]) => {
        const value = node.labels.get(topologyKey)
        return value === undefined ? [] : [{ topologyKey, value, weight }]
      })
    )
    if (parts.length === 0) return undefined
    const raw = nodes.map((node) =>
      sum(parts.filter((one) => node.labels.get(one.topologyKey) === one.value).map((one) => one.weight))
    )
    const least = Math.min(...raw)
    const most = Math.max(...raw)
    return raw.map((one) => (most > least ? Math.trunc(100 * ((one - least) / (most - least))) : 0))
  }
}

const cordon = { key: "node.kubernetes.io/unschedulable", value: "", effect: "NoSchedule" } as const

const percentFree = (size: number, used: number): number | undefined => {
  if (size === 0) return undefined
  return used > size ? 0 : Number((BigInt(size - used) * 100n) / BigInt(size))
}

const scaled = (raw: ReadonlyArray<number>): ReadonlyArray<number> => {
  const most = Math.max(0, ...raw)
  return raw.map((one) => (most === 0 ? 0 : Math.floor((100 * one) / most)))
}

const reversed = (raw: ReadonlyArray<number>): ReadonlyArray<number> => scaled(raw).map((one) => 100 - one)
