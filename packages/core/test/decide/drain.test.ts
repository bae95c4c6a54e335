import { type DisruptionBudget, type DrainInput, drain, graceOf, type Pod } from "@orrery/core"
import fc from "fast-check"
import { expect, test } from "vitest"
import { amount, node, pod, podSpec } from "./given.ts"

const spec = podSpec(amount(1))
const on = (name: string, given: Partial<Pod> = {}) =>
  pod(name, spec, { node: "a-1", labels: { app: "web" }, ...given })
const budget = (given: Partial<DisruptionBudget>): DisruptionBudget => ({
  name: "web",
  namespace: "default",
  selector: { matchLabels: { app: "web" }, matchExpressions: [] },
  ...given
})
const policy = { drainTimeoutMs: 300_000, podEvictionTimeoutMs: 20_000 }
const decide = (
  pods: ReadonlyArray<Pod>,
  budgets: ReadonlyArray<DisruptionBudget> = [],
  given: Partial<DrainInput> = {}
) => {
  const { evict, state, wait } = drain({ node: node("a-1"), pods, budgets, policy, startedAtMs: 0, nowMs: 0, ...given })
  return { evict: evict.map(({ name }) => name), wait: wait.map(({ code, pod }) => `${pod.name} ${code}`), state }
}
const bare = (given: Partial<Pod> = {}): Pod => {
  const { owner: _, ...rest } = on("bare", given)
  return rest
}

test("pods leave at once where nothing forbids it; those elsewhere and those that ended do not matter", () => {
  expect(decide([on("b"), on("a"), on("c", { node: "a-2" }), on("d", { state: "failed" })])).toEqual({
    evict: ["a", "b"],
    wait: [],
    state: "draining"
  })
  expect(decide([on("c", { node: "a-2" })]).state).toBe("done")
})

test("budgets are kept over all nodes, in numbers and in shares", () => {
  const pods = [on("a"), on("b"), on("c", { node: "a-2" })]
  expect(decide(pods, [budget({ minAvailable: "2" })])).toEqual({ evict: ["a"], wait: ["b budget"], state: "draining" })
  expect(decide(pods, [budget({ maxUnavailable: "50%" })]).evict).toEqual(["a", "b"])
  expect(decide(pods, [budget({ maxUnavailable: "0" })]).evict).toEqual([])
  expect(decide(pods, [budget({ maxUnavailable: "0", namespace: "other" })]).evict).toEqual(["a", "b"])
})

test("a pod that is not ready may go whatever its budget says, a leaving one is waited for", () => {
  const pods = [on("a", { state: "starting" }), on("b", { state: "leaving" })]
  expect(decide(pods, [budget({ minAvailable: "100%" })])).toEqual({
    evict: ["a"],
    wait: ["b leaving"],
    state: "draining"
  })
})

test("a pod without owner stays, unless it belongs to its node and holds nobody up", () => {
  expect(decide([bare()])).toEqual({ evict: [], wait: ["bare ownerless"], state: "draining" })
  expect(decide([bare({ spec: podSpec(amount(1), { tolerations: [{ operator: "Exists" }] }) })]).state).toBe("done")
})

test("after the time-out nothing more is asked to leave, and what is left is named [R39]", () => {
  expect(decide([on("a")], [], { nowMs: 300_000 })).toEqual({ evict: [], wait: ["a timeout"], state: "timedOut" })
})

test("a pod's own grace counts up to what the policy allows [R40]", () => {
  expect(graceOf(on("a"), policy)).toBe(20_000)
  expect(graceOf(on("a"), { podEvictionTimeoutMs: 60_000 })).toBe(30_000)
})

test("no drain takes more ready pods than a budget allows, and every pod is evicted or waited for", () => {
  const pods = fc.array(fc.record({ here: fc.boolean(), ready: fc.boolean() }), { maxLength: 10 })
  fc.assert(
    fc.property(pods, fc.nat({ max: 10 }), (given, least) => {
      const all = given.map(({ here, ready }, index) =>
        on(`p-${index}`, { node: here ? "a-1" : "a-2", state: ready ? "ready" : "starting" })
      )
      const { evict, wait } = decide(all, [budget({ minAvailable: String(least) })])
      const before = all.filter(({ state }) => state === "ready").length
      const after = all.filter(({ name, state }) => state === "ready" && !evict.includes(name)).length
      if (after < before) expect(after).toBeGreaterThanOrEqual(least)
      expect(evict.length + wait.length).toBe(given.filter(({ here }) => here).length)
    })
  )
})
