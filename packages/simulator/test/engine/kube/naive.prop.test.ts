import fc from "fast-check"
import { expect, test } from "vitest"
import { defaultProfile, Reader, Scheduler, World } from "../../../src/engine/profiles/kube/index.ts"
import { cluster } from "./cluster.ts"
import { Naive, type Running } from "./naive.ts"

const read = (items: ReadonlyArray<unknown>): World => {
  const reader = new Reader({})
  reader.add({ file: "cluster", text: JSON.stringify({ kind: "List", items }) })
  const objects = reader.finish()
  expect(reader.problems).toEqual([])
  return new World(objects)
}

test("the engine refuses and scores every node as the naive one does, and chooses among the best", {
  timeout: 60_000
}, () => {
  fc.assert(
    fc.property(cluster, (items) => {
      const world = read(items)
      const scheduler = new Scheduler(world, [defaultProfile], { kind: "first" })
      const running: Array<Running> = []
      for (const [id, pod] of world.pods.entries()) {
        const naive = new Naive(world.objects, running)
        const why = world.nodes.map((node) => naive.refusal(pod.class, node))
        const feasible = world.nodes.filter((_, at) => why[at]?.length === 0)
        const decision = scheduler.decide(pod.class)
        expect(world.nodes.map((_, at) => decision.refused.get(at)?.reasons ?? [])).toEqual(why)
        const scores = feasible.length > 1 ? naive.scores(pod.class, feasible) : []
        const ours = feasible.map((node) => decision.scores.get(world.nodes.indexOf(node)))
        expect(ours.flatMap((one) => (one === undefined ? [] : [Object.fromEntries(one)]))).toEqual(scores)
        const chosen = scheduler.choose(pod.class)
        expect(chosen).toBe(decision.ties[0] ?? -1)
        const node = world.nodes[chosen]
        if (node === undefined) continue
        world.assign(id, chosen)
        running.push({ pod, node })
      }
    }),
    { numRuns: 250 }
  )
})

const bigNode = (index: number) => ({
  kind: "Node",
  metadata: { name: `n${index}`, labels: { "topology.kubernetes.io/zone": `z${index % 3}` } },
  status: {
    allocatable: { cpu: String(1 + (index % 4)), memory: `${1 + (index % 3)}Gi`, pods: String(2 + (index % 5)) }
  }
})

test("searching in a tree ends at the same node as looking at one node after the other", { timeout: 60_000 }, () => {
  const pods = Array.from({ length: 900 }, (_, index) => ({
    kind: "Pod",
    metadata: { name: `p${index}` },
    spec: {
      containers: [{ name: "c", resources: { requests: { cpu: `${100 * (1 + (index % 7))}m`, memory: "64Mi" } } }]
    }
  }))
  const items = [...Array.from({ length: 260 }, (_, index) => bigNode(index)), ...pods]
  for (const percentageOfNodesToScore of [0, 40, 100]) {
    const profile = { ...defaultProfile, percentageOfNodesToScore }
    const [fast, slow] = [read(items), read(items)].map((world) => new Scheduler(world, [profile], { kind: "first" }))
    if (fast === undefined || slow === undefined) throw new Error("two schedulers are needed")
    for (const [id, pod] of fast.world.pods.entries()) {
      const chosen = fast.choose(pod.class)
      expect(chosen).toBe(slow.decide(slow.pod(id).class).ties[0] ?? -1)
      expect(fast.start).toBe(slow.start)
      if (chosen < 0) continue
      fast.world.assign(id, chosen)
      slow.world.assign(id, chosen)
    }
  }
})
