import { kinds, none, type Pod, place, plus, requestOf } from "@orrery/core"
import { Result } from "effect"
import fc from "fast-check"
import { expect, test } from "vitest"
import { amount, node, pod, podSpec } from "./given.ts"

const requests = fc.record({ cpu: fc.integer({ min: 0, max: 4500 }), memory: fc.integer({ min: 0, max: 17 }) })
const fleet = fc.array(fc.record({ cpu: fc.integer({ min: 0, max: 8000 }), ready: fc.boolean() }), { maxLength: 5 })
const rank = fc.constantFrom("bestFit" as const, "spread" as const)

const nodesOf = (given: ReadonlyArray<{ readonly cpu: number; readonly ready: boolean }>) =>
  given.map(({ cpu, ready }, index) =>
    node(`a-${index}`, { capacity: amount(cpu, 16), state: ready ? "ready" : "booting" })
  )

test("placing one pod after the other never gives a node more than it has", () => {
  fc.assert(
    fc.property(fleet, fc.array(requests, { maxLength: 20 }), rank, (given, wanted, rank) => {
      const nodes = nodesOf(given)
      const placed: Array<Pod> = []
      for (const [index, { cpu, memory }] of wanted.entries()) {
        const next = pod(`p-${index}`, podSpec(amount(cpu, memory)))
        const found = place({ pod: next, nodes, pods: placed, policy: { rank } })
        if (Result.isSuccess(found)) placed.push({ ...next, node: found.success.node, state: "starting" })
      }
      for (const { capacity, name, state } of nodes) {
        const used = placed.filter((it) => it.node === name).reduce((sum, it) => plus(sum, requestOf(it.spec)), none)
        for (const kind of kinds) expect(used[kind]).toBeLessThanOrEqual(capacity[kind])
        if (state !== "ready") expect(used).toEqual(none)
      }
    })
  )
})

test("every node is either taken or refused, once, and a pod is refused only where no node could take it", () => {
  fc.assert(
    fc.property(fleet, requests, rank, (given, { cpu, memory }, rank) => {
      const nodes = nodesOf(given)
      const outcome = place({ pod: pod("p", podSpec(amount(cpu, memory))), nodes, pods: [], policy: { rank } })
      const fits = given.some((one) => one.ready && cpu <= one.cpu && memory <= 16)
      expect(Result.isSuccess(outcome)).toBe(fits)
      const refused = Result.isSuccess(outcome) ? outcome.success.refusals : outcome.failure
      const unfit = given.filter((one) => !one.ready || cpu > one.cpu || memory > 16).length
      expect(refused).toHaveLength(unfit)
      expect(new Set(refused.map(({ candidate }) => candidate)).size).toBe(refused.length)
    })
  )
})

test("the order in which nodes are given does not matter, and another node never makes a pod wait", () => {
  fc.assert(
    fc.property(fleet, requests, rank, (given, { cpu, memory }, rank) => {
      const nodes = nodesOf(given)
      const on = (candidates: typeof nodes) =>
        place({ pod: pod("p", podSpec(amount(cpu, memory))), nodes: candidates, pods: [], policy: { rank } })
      expect(on(nodes.toReversed())).toEqual(on(nodes))
      if (Result.isSuccess(on(nodes)))
        expect(Result.isSuccess(on([...nodes, node("z-1", { state: "lost" })]))).toBe(true)
    })
  )
})
