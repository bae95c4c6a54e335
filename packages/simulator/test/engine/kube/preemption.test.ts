import fc from "fast-check"
import { expect, test } from "vitest"
import { placeManifests } from "../../../src/engine/profiles/kube/index.ts"

const node = (index: number) => ({
  kind: "Node",
  metadata: { name: `n${index}` },
  status: { allocatable: { cpu: "1", memory: "8Gi", pods: "110" } }
})
const pod = (name: string, priority: number, cpu: string, nodeName?: string) => ({
  kind: "Pod",
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: "c", resources: { requests: { cpu } } }], priority, ...(nodeName && { nodeName }) }
})
const budget = (index: number) => ({
  kind: "PodDisruptionBudget",
  metadata: { name: `b${index}` },
  spec: { selector: { matchLabels: { app: `p${index}` } } }
})

const place = (items: ReadonlyArray<unknown>, ties?: { readonly kind: "seeded"; readonly seed: number }) => {
  const { placements, problems } = placeManifests(
    [{ file: "cluster", text: JSON.stringify({ kind: "List", items }) }],
    ties === undefined ? {} : { ties }
  )
  expect(problems).toEqual([])
  return placements ?? []
}

/** One full node for each pod that could leave it. */
const crowd = (pods: ReadonlyArray<{ readonly priority: number; readonly kept: boolean }>) => [
  ...pods.map((_, index) => node(index)),
  ...pods.map(({ priority }, index) => pod(`p${index}`, priority, "1", `n${index}`)),
  ...pods.flatMap(({ kept }, index) => (kept ? [budget(index)] : [])),
  pod("high", 1000, "1")
]

test("where more nodes could be cleared than are looked at, the ties are those of every beginning", {
  timeout: 60_000
}, () => {
  const pods = fc.array(fc.record({ priority: fc.integer({ min: 0, max: 40 }), kept: fc.boolean() }), {
    minLength: 101,
    maxLength: 140
  })
  fc.assert(
    fc.property(pods, (all) => {
      const possible = new Set<string>()
      for (let from = 0; from < all.length; from++) {
        const seen: Array<number> = []
        for (let step = 0; step < all.length; step++) {
          seen.push((from + step) % all.length)
          if (seen.length >= 100 && seen.some((at) => all[at]?.kept === false)) break
        }
        const costOf = (at: number): number => (all[at]?.kept ? 1000 : 0) + (all[at]?.priority ?? 0)
        const least = Math.min(...seen.map(costOf))
        for (const at of seen) if (costOf(at) === least) possible.add(`n${at}`)
      }
      const [high] = place(crowd(all))
      expect([...(high?.ties ?? [])].sort()).toEqual([...possible].sort())
      const [drawn] = place(crowd(all), { kind: "seeded", seed: all.length })
      expect(possible).toContain(drawn?.node)
    }),
    { numRuns: 25 }
  )
})

test("of more than twelve pods alike, those stay that the real scheduler's sort puts first", () => {
  // Recorded from the real scheduler: thirty pods of a tenth of a node's processor each, without start times.
  const names = Array.from({ length: 30 }, (_, index) => `p${index}`)
  const items = [
    { ...node(0), status: { allocatable: { cpu: "3", memory: "8Gi", pods: "110" } } },
    ...names.map((name) => pod(name, 0, "100m", "n0")),
    pod("high", 1000, "1")
  ]
  const [high] = place(items)
  expect(high?.victims).toHaveLength(10)
  expect(high?.victims).toMatchInlineSnapshot(`
    [
      "default/p24",
      "default/p2",
      "default/p6",
      "default/p21",
      "default/p15",
      "default/p23",
      "default/p22",
      "default/p18",
      "default/p19",
      "default/p14",
    ]
  `)
})

test("a trial leaves ports as they were: one taken twice is free as soon as one of the two pods has left", () => {
  const withPort = (name: string, priority: number, cpu: string, nodeName?: string) => {
    const { spec, ...rest } = pod(name, priority, cpu, nodeName)
    const [container] = spec.containers
    return { ...rest, spec: { ...spec, containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
  }
  const placements = place([
    { ...node(0), status: { allocatable: { cpu: "2", memory: "8Gi", pods: "110" } } },
    withPort("leaves", 0, "1", "n0"),
    withPort("stays", 1, "1", "n0"),
    pod("comes", 2, "1"),
    pod("tries", 2, "2"),
    withPort("next", 0, "0")
  ])
  expect(placements.map((one) => [one.pod, one.node, one.victims])).toEqual([
    ["default/comes", "n0", ["default/leaves"]],
    ["default/tries", null, undefined],
    ["default/next", "n0", undefined]
  ])
})
