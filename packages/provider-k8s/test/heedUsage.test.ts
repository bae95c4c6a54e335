import type { Resources } from "@orrery/core"
import { expect, it } from "vitest"
import { type Above, heedUsage, type UsageLook } from "../src/admin/heedUsage.ts"

const amounts = (cpuMilli: number, memoryBytes: number): Resources => ({ cpuMilli, memoryBytes, gpuMilli: 0 })
const node = { name: "a", capacity: amounts(1_000, 1_000) }
const used = (cpuMilli: number, memoryBytes: number): UsageLook => ({
  nodes: [node],
  usage: [{ name: "a", used: amounts(cpuMilli, memoryBytes), atMs: 1, windowMs: 1 }]
})

/** What is told at each of these looks. */
const told = (looks: ReadonlyArray<UsageLook>) => {
  let above: Above = new Map()
  return looks.map((look) => {
    const [now, alerts] = heedUsage(above, look)
    above = now
    return alerts.map(({ percent, resource, state }) => `${resource} ${state} ${percent}`)
  })
}

it("a limit is told when it is reached and when it is left, and once [R141]", () => {
  expect(told([used(799, 0), used(800, 0), used(900, 850), used(799, 850)])).toEqual([
    [],
    ["cpu above 80"],
    ["memory above 85"],
    ["cpu below 79"]
  ])
})

it("a node that was not measured stays what it was", () => {
  expect(told([used(900, 0), { nodes: [node], usage: [] }, used(900, 0), used(0, 0)])).toEqual([
    ["cpu above 90"],
    [],
    [],
    ["cpu below 0"]
  ])
})

it("a node that is gone is forgotten, and one of the same name is told anew", () => {
  expect(told([used(900, 0), { nodes: [], usage: [] }, used(900, 0)])).toEqual([["cpu above 90"], [], ["cpu above 90"]])
})

it("a measurement of a node that is not there, or has nothing, tells nothing", () => {
  const { usage } = used(900, 900)
  expect(
    told([
      { nodes: [], usage },
      { nodes: [{ name: "a", capacity: amounts(0, 0) }], usage }
    ])
  ).toEqual([[], []])
})
