import fc from "fast-check"
import { describe, expect, test } from "vitest"
import {
  type Decision,
  defaultProfile,
  type KubeNode,
  type PodClass,
  Reader,
  Scheduler,
  World
} from "../../../src/engine/profiles/kube/index.ts"
import { cluster, node } from "./cluster.ts"
import { Naive } from "./naive.ts"

const read = (items: ReadonlyArray<unknown>): World => {
  const reader = new Reader({})
  reader.add({ file: "cluster", text: JSON.stringify({ kind: "List", items }) })
  const objects = reader.finish()
  expect(reader.problems).toEqual([])
  return new World(objects)
}

const first = { kind: "first" } as const
const schedulerOf = (world: World): Scheduler => new Scheduler(world, [defaultProfile], first)
const liveNodes = (world: World): ReadonlyArray<KubeNode> =>
  [...world.nodeIndex.values()].map((index) => world.nodes[index] as KubeNode)

/** What a decision says, by names and in no order. */
const told = ({ world }: Scheduler, decision: Decision) => {
  const nameOf = (index: number): string => world.nodes[index]?.name ?? ""
  return {
    ties: decision.ties.map(nameOf).sort(),
    scores: new Map([...decision.scores].map(([index, scores]) => [nameOf(index), scores])),
    refused: new Map([...decision.refused].map(([index, { reasons }]) => [nameOf(index), reasons])),
    message: decision.message
  }
}

/** The same cluster, built at once. */
const rebuilt = (world: World): Scheduler => {
  const pods = world.pods.map((pod, id) => ({ ...pod, nodeName: world.nodes[world.podNode[id] ?? -1]?.name }))
  return schedulerOf(new World({ ...world.objects, nodes: liveNodes(world), pods }))
}

const checkNaive = (scheduler: Scheduler, podClass: PodClass, decision: Decision): void => {
  const { world } = scheduler
  const running = world.pods.flatMap((pod, id) => {
    const at = world.podNode[id] ?? -1
    return world.isLive(at) ? [{ pod, node: world.nodes[at] as KubeNode }] : []
  })
  const nodes = liveNodes(world)
  const naive = new Naive({ ...world.objects, nodes }, running)
  const why = nodes.map((one) => naive.refusal(podClass, one))
  const numberOf = (one: KubeNode): number => world.nodeIndex.get(one.name) ?? -1
  expect(nodes.map((one) => decision.refused.get(numberOf(one))?.reasons ?? [])).toEqual(why)
  const feasible = nodes.filter((_, at) => why[at]?.length === 0)
  const scores = feasible.length > 1 ? naive.scores(podClass, feasible) : []
  const ours = feasible.flatMap((one) => decision.scores.get(numberOf(one)) ?? [])
  expect(ours.map((one) => Object.fromEntries(one))).toEqual(scores)
}

const check = (scheduler: Scheduler, podClass: PodClass): void => {
  const decision = scheduler.decide(podClass)
  if (scheduler.world.nodeIndex.size > 0) checkNaive(scheduler, podClass, decision)
  const other = rebuilt(scheduler.world)
  expect(told(scheduler, decision)).toEqual(told(other, other.decide(podClass)))
}

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("place", "place", "place", "evict", "add", "remove", "update", "cordon"),
    pick: fc.nat({ max: 50 }),
    /** Whether a node's other looks are used, and whether its pods go with it. */
    flag: fc.boolean()
  }),
  { minLength: 5, maxLength: 60 }
)

class Play {
  readonly #scheduler: Scheduler
  readonly #looks: ReadonlyArray<ReadonlyMap<string, KubeNode>>
  #next = 0

  constructor(items: ReadonlyArray<unknown>, others: ReadonlyArray<unknown>) {
    const world = read(items)
    this.#scheduler = schedulerOf(world)
    this.#looks = [world.nodes, read(others).nodes].map((nodes) => new Map(nodes.map((one) => [one.name, one])))
  }

  #look(name: string, flag: boolean): KubeNode {
    return (this.#looks[flag ? 1 : 0]?.get(name) ?? this.#looks[1]?.get(name)) as KubeNode
  }

  step({ kind, pick, flag }: { readonly kind: string; readonly pick: number; readonly flag: boolean }): void {
    const { world } = this.#scheduler
    const live = [...world.nodeIndex.values()]
    const at = live[pick % Math.max(1, live.length)]
    if (kind === "place") this.#place()
    else if (kind === "evict") this.#evict(pick)
    else if (kind === "add") {
      const absent = [...(this.#looks[1]?.keys() ?? [])].filter((name) => !world.nodeIndex.has(name))
      const name = absent[pick % Math.max(1, absent.length)]
      if (name !== undefined) world.addNode(this.#look(name, flag))
    } else if (at !== undefined) this.#change(kind, at, flag)
  }

  #change(kind: string, at: number, flag: boolean): void {
    const { world } = this.#scheduler
    const one = world.nodes[at] as KubeNode
    if (kind === "cordon") world.updateNode(at, { ...one, unschedulable: !one.unschedulable })
    else if (kind === "update") world.updateNode(at, this.#look(one.name, flag))
    else {
      if (flag) for (const pod of [...(world.podsOn[at] ?? [])]) world.remove(pod)
      world.removeNode(at)
    }
  }

  #place(): void {
    const { world } = this.#scheduler
    if (this.#next === world.pods.length) return
    const id = this.#next++
    const podClass = this.#scheduler.pod(id).class
    check(this.#scheduler, podClass)
    const chosen = this.#scheduler.choose(podClass)
    expect(chosen).toBe(this.#scheduler.decide(podClass).ties[0] ?? -1)
    if (chosen >= 0) world.assign(id, chosen)
  }

  #evict(pick: number): void {
    const { world } = this.#scheduler
    const placed = [...world.pods.keys()].filter((id) => world.isPlaced(id))
    const id = placed[pick % Math.max(1, placed.length)]
    if (id !== undefined) world.remove(id)
  }

  end(): void {
    for (const pod of this.#scheduler.world.pods) check(this.#scheduler, pod.class)
  }
}

test("a cluster whose nodes came, went and changed decides like one built at once, and like the naive one", {
  timeout: 60_000
}, () => {
  const others = fc.tuple(...Array.from({ length: 9 }, (_, index) => node(index)))
  fc.assert(
    fc.property(cluster, others, steps, (items, looks, all) => {
      const play = new Play(items, looks)
      for (const step of all) play.step(step)
      play.end()
    }),
    { numRuns: 250 }
  )
})

const zoned = (name: string, zone: string, images: ReadonlyArray<string> = []) => ({
  kind: "Node",
  metadata: { name, labels: { "topology.kubernetes.io/zone": zone } },
  status: {
    allocatable: { cpu: "4", memory: "4Gi", pods: "9" },
    images: images.map((image) => ({ names: [image], sizeBytes: 943718400 }))
  }
})
const small = (image = "none") => ({
  kind: "Pod",
  metadata: { name: "p" },
  spec: { containers: [{ name: "c", image, resources: { requests: { cpu: "1m", memory: "1Mi" } } }] }
})
const nodeOf = (name: string, zone: string, images?: ReadonlyArray<string>): KubeNode =>
  read([zoned(name, zone, images)]).nodes[0] as KubeNode

describe("the order in which nodes are looked at", () => {
  const start = () => {
    const world = read([zoned("a", "z1"), zoned("b", "z2"), zoned("c", "z1"), small()])
    const scheduler = schedulerOf(world)
    const look = (): string => {
      scheduler.choose(scheduler.pod(0).class)
      return world.search.nodes.map((index) => world.nodes[index]?.name).join("")
    }
    const numberOf = (name: string): number => world.nodeIndex.get(name) ?? -1
    return { world, look, numberOf, scheduler }
  }

  test("takes one of each zone in turn, and keeps the zones' order when the first node of one goes", () => {
    const { world, look, numberOf } = start()
    expect(look()).toBe("abc")
    world.removeNode(numberOf("a"))
    expect(look()).toBe("cb")
    world.addNode(nodeOf("a", "z1"))
    expect(look()).toBe("cba")
  })

  test("stays when a node goes and comes back between two decisions, until other nodes are there", () => {
    const { world, look, numberOf } = start()
    look()
    world.removeNode(numberOf("a"))
    world.addNode(nodeOf("a", "z1"))
    expect(look()).toBe("abc")
    world.addNode(nodeOf("d", "z3"))
    expect(look()).toBe("cbda")
  })

  test("follows a node to another zone only when nodes come or go", () => {
    const { world, look, numberOf } = start()
    look()
    world.updateNode(numberOf("a"), nodeOf("a", "z9"))
    expect(look()).toBe("abc")
    world.addNode(nodeOf("d", "z2"))
    expect(look()).toBe("cbad")
  })

  test("leaves the start of the next search where it was", () => {
    const items = Array.from({ length: 150 }, (_, index) => zoned(`n${index}`, `z${index}`))
    const scheduler = schedulerOf(read([...items, small()]))
    const podClass = scheduler.pod(0).class
    scheduler.choose(podClass)
    expect(scheduler.start).toBe(100)
    for (let index = 149; index >= 60; index--) scheduler.world.removeNode(index)
    expect(scheduler.start).toBe(100)
    expect(scheduler.decide(podClass).ties[0]).toBe(40)
    expect(scheduler.start).toBe(40)
  })
})

test("how far an image has spread is seen by a node only when the node itself changes", () => {
  const world = read([zoned("a", "z", ["big:v1"]), zoned("b", "z"), small("big:v1")])
  const scheduler = schedulerOf(world)
  const scoreOfA = (): number | undefined =>
    scheduler.decide(scheduler.pod(0).class).scores.get(0)?.get("ImageLocality")
  const half = scoreOfA()
  world.updateNode(1, nodeOf("b", "z", ["big:v1"]))
  expect(scoreOfA()).toBe(half)
  world.assign(0, 0)
  expect(scoreOfA()).toBeGreaterThan(half ?? Number.POSITIVE_INFINITY)
})

test("a pod that waits at its gates makes nobody look at images", () => {
  const gated = { ...small("big:v1"), metadata: { name: "g" } }
  const gatedSpec = { ...gated.spec, schedulingGates: [{ name: "example.com/wait" }] }
  const world = read([zoned("a", "z", ["big:v1"]), zoned("b", "z"), small("big:v1"), { ...gated, spec: gatedSpec }])
  const scheduler = schedulerOf(world)
  scheduler.decide(scheduler.pod(1).class)
  world.updateNode(1, nodeOf("b", "z", ["big:v1"]))
  const scores = scheduler.decide(scheduler.pod(0).class).scores
  expect(scores.get(0)?.get("ImageLocality")).toBe(scores.get(1)?.get("ImageLocality"))
})

test("pods of a node that went are counted again when it comes back, unless they were removed", () => {
  const world = read([zoned("a", "z"), zoned("b", "z"), small(), { ...small(), metadata: { name: "q" } }])
  world.assign(0, 0)
  world.assign(1, 0)
  world.removeNode(0)
  expect(world.nodeIndex.has("a")).toBe(false)
  world.remove(0)
  expect(world.addNode(nodeOf("a", "z"))).toBe(0)
  expect(world.podsOn[0]).toEqual([1])
  expect(world.table.podCount(0)).toBe(1)
})

test("a pod that names a node which is not there yet is counted once it comes", () => {
  const world = read([zoned("a", "z"), { ...small(), spec: { ...small().spec, nodeName: "late" } }])
  expect(world.isPlaced(0)).toBe(false)
  const late = world.addNode(nodeOf("late", "z"))
  expect(world.podsOn[late]).toEqual([0])
})

test("nodes that cannot come, go or change are refused", () => {
  const world = read([zoned("a", "z")])
  expect(() => world.addNode(nodeOf("a", "z"))).toThrow('there is a node "a" already')
  expect(() => world.updateNode(0, nodeOf("b", "z"))).toThrow('node "a" cannot become "b"')
  world.removeNode(0)
  expect(() => world.removeNode(0)).toThrow("there is no node 0")
})
