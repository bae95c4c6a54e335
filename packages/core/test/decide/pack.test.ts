import { pack } from "@orrery/core"
import { expect, test } from "vitest"
import { amount, node, offering, pod, podSpec, pool } from "./given.ts"

const one = podSpec(amount(1000, 1))
const input = { pods: [pod("p", one)], pools: [pool("a")], offerings: [offering()], sizes: {}, nodes: [] }

test("pods that fit on machines that boot, or that are asked for, need no further ones", () => {
  expect(pack(input).launches).toHaveLength(1)
  expect(pack({ ...input, nodes: [node("a-1", { state: "booting" })] }).launches).toEqual([])
  expect(pack({ ...input, sizes: { a: 1 } }).launches).toEqual([])
})

test("a pool is bought as its first type that can be had, spot within its price", () => {
  const spot = offering("small", { market: "spot", microUsdPerHour: 30_000 })
  const bought = (maxPrice: number, types: Array<string>) =>
    pack({
      ...input,
      pools: [pool("a", { instanceTypes: types as [string], spot: { maxMicroUsdPerHour: maxPrice } })],
      offerings: [spot, offering()]
    }).launches.map(({ offering }) => offering)
  expect(bought(1, ["gone", "small"])).toEqual([spot])
  expect(bought(0.02, ["small"])).toEqual([])
})

test("each pool says why it takes a pod not", () => {
  const pools = [
    pool("full", { maxSize: 0 }),
    pool("tainted", { taints: [{ key: "gpu", effect: "NoSchedule" }] }),
    pool("none", { instanceTypes: ["gone"] }),
    pool("tiny", { instanceTypes: ["tiny"] })
  ]
  const offerings = [offering(), offering("tiny", { capacity: amount(500, 1) })]
  expect(pack({ ...input, pools, offerings }).unplaced).toEqual([
    {
      pod: "default/p",
      refusals: [
        { candidate: "full", code: "max", why: "has its 0 machines already" },
        { candidate: "tainted", code: "taint", why: "has the taint gpu:NoSchedule, not tolerated" },
        { candidate: "none", code: "offering", why: "no machine can be had: gone: nobody offers gone" },
        { candidate: "tiny", code: "cpu", why: "cpu: 1 asked for, 500m in all" }
      ]
    }
  ])
})

test("where there is room for one, the more important pod gets it", () => {
  const whole = amount(4000)
  const pods = [pod("a", podSpec(whole)), pod("b", podSpec(whole, { priority: 5 }))]
  const { launches, unplaced } = pack({ ...input, pods, pools: [pool("a", { maxSize: 1 })] })
  expect(launches.flatMap(({ pods }) => pods)).toEqual(["default/b"])
  expect(unplaced.map(({ pod }) => pod)).toEqual(["default/a"])
})
