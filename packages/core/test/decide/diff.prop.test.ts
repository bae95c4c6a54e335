import {
  type ClusterSpec,
  type DiffInput,
  diff,
  type Goal,
  type Node,
  type NodePool,
  replacementBounds,
  templateOf,
  wantedSize
} from "@orrery/core"
import fc from "fast-check"
import { expect, test } from "vitest"
import { applied } from "./applied.ts"
import { cluster, node, offering, pool } from "./given.ts"

const state = fc.constantFrom<Node["state"]>(
  "ready",
  "ready",
  "ready",
  "booting",
  "draining",
  "lost",
  "stopped",
  "leaving"
)
const countOrPercent = fc.constantFrom("0", "1", "2", "25%", "50%", "100%")

/** A cluster of three pools, the third of which nobody asks for any more, and its machines in any state. */
const situation = fc
  .record({
    pools: fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })),
    maxSurge: countOrPercent,
    maxUnavailable: countOrPercent,
    nodes: fc.uniqueArray(
      fc.record({
        pool: fc.constantFrom("a", "b", "gone"),
        number: fc.integer({ min: 1, max: 9 }),
        state,
        outdated: fc.boolean(),
        reclaimed: fc.boolean()
      }),
      { maxLength: 14, selector: ({ number, pool }) => `${pool}-${number}` }
    )
  })
  .filter(({ maxSurge, maxUnavailable }) => maxSurge !== "0" || maxUnavailable !== "0")
  .map(({ maxSurge, maxUnavailable, nodes, pools: [a, b] }) => {
    const spec = cluster([pool("a"), pool("b")], { update: { maxSurge, maxUnavailable } })
    const goal: Goal = { spec, sizes: { a, b }, generation: 1, deleting: false }
    return {
      goal,
      nodes: nodes.map(({ number, outdated, pool, reclaimed, state }) => {
        const described = spec.nodePools.find(({ name }) => name === pool)
        const template = described === undefined || outdated ? "old" : templateOf(spec, described)
        return node(`${pool}-${number}`, { pool, state, template, ...(reclaimed ? { reclaimAtMs: 60_000 } : {}) })
      })
    }
  })

const plan = (goal: Goal, nodes: ReadonlyArray<Node>, given: Partial<DiffInput> = {}) =>
  diff({ goal, nodes, offerings: [offering()], nowMs: 0, ...given })

const isGood = (node: Node, spec: ClusterSpec, pool: NodePool): boolean =>
  node.pool === pool.name &&
  node.template === templateOf(spec, pool) &&
  !["lost", "leaving", "stopped"].includes(node.state)

const expectReached = ({ sizes, spec }: Goal, nodes: ReadonlyArray<Node>): void => {
  const staying = nodes.filter(({ state }) => state !== "leaving")
  for (const pool of spec.nodePools)
    expect(staying.filter((node) => isGood(node, spec, pool)).length).toBe(wantedSize(pool, sizes))
  expect(staying).toHaveLength(spec.nodePools.reduce((sum, pool) => sum + wantedSize(pool, sizes), 0))
}

test("a plan that is carried out reaches the goal, and then there is nothing left to do", () => {
  fc.assert(
    fc.property(situation, ({ goal, nodes }) => {
      const reached = plan(goal, nodes).steps.reduce<ReadonlyArray<Node>>(
        (now, step) => applied(goal.spec, now, step),
        nodes
      )
      expectReached(goal, reached)
      expect(plan(goal, reached).steps).toEqual([])
    }),
    { numRuns: 500 }
  )
})

test("a plan broken off anywhere and made anew still reaches the goal, and launches nothing twice", () => {
  fc.assert(
    fc.property(situation, fc.array(fc.nat({ max: 12 }), { maxLength: 4 }), ({ goal, nodes }, breaks) => {
      const launchedTwice = (given: ReadonlyArray<Node>) => new Set(given.map(({ name }) => name)).size < given.length
      let now: ReadonlyArray<Node> = nodes
      for (const end of breaks)
        now = plan(goal, now)
          .steps.slice(0, end)
          .reduce<ReadonlyArray<Node>>((so, step) => applied(goal.spec, so, step), now)
      now = plan(goal, now).steps.reduce<ReadonlyArray<Node>>((so, step) => applied(goal.spec, so, step), now)
      expect(launchedTwice(now)).toBe(false)
      expectReached(goal, now)
    })
  )
})

/** The machines of a pool that could serve, if not now then soon. */
const healthy = (nodes: ReadonlyArray<Node>, pool: string): ReadonlyArray<Node> =>
  nodes.filter(
    (it) => it.pool === pool && !["leaving", "lost", "draining"].includes(it.state) && it.reclaimAtMs === undefined
  )

test.each(["goal", "now"] as const)(
  "on the way to the %s there are never more machines than surge allows, nor fewer in service than may be missing",
  (reach) => {
    fc.assert(
      fc.property(situation, ({ goal, nodes }) => {
        // Whoever carries out a plan for the goal waits for machines to come up before letting any go: here they are up.
        const up = nodes.map((it) => (it.state === "booting" ? { ...it, state: "ready" as const } : it))
        const before = reach === "now" ? nodes : up
        const { steps } = plan(goal, before, { reach })
        for (const pool of goal.spec.nodePools) {
          const want = wantedSize(pool, goal.sizes)
          const { surge, unavailable } = replacementBounds(goal.spec.update, want)
          const most = Math.max(healthy(before, pool.name).length, want + surge)
          const isNew = (it: Node) =>
            reach === "now" && !nodes.some(({ id, state }) => id === it.id && state === "ready")
          const serving = (all: ReadonlyArray<Node>) =>
            healthy(all, pool.name).filter((it) => it.state === "ready" && !isNew(it)).length
          let now: ReadonlyArray<Node> = before
          for (const step of steps) {
            const next = applied(goal.spec, now, step)
            expect(healthy(next, pool.name).length).toBeLessThanOrEqual(most)
            if (serving(next) < serving(now)) expect(serving(next)).toBeGreaterThanOrEqual(want - unavailable)
            now = next
          }
        }
      }),
      { numRuns: 500 }
    )
  }
)

test("plans for now, one after the other as machines come up, reach the goal", () => {
  fc.assert(
    fc.property(situation, ({ goal, nodes }) => {
      const comeUp = (all: ReadonlyArray<Node>) =>
        all
          .filter(({ state }) => state !== "leaving")
          .map((it) => (it.state === "booting" ? { ...it, state: "ready" as const } : it))
      let now: ReadonlyArray<Node> = comeUp(nodes)
      let rounds = 0
      for (let { steps } = plan(goal, now, { reach: "now" }); steps.length > 0; rounds++) {
        now = comeUp(steps.reduce<ReadonlyArray<Node>>((so, step) => applied(goal.spec, so, step), now))
        steps = plan(goal, now, { reach: "now" }).steps
        expect(rounds).toBeLessThan(40)
      }
      expectReached(goal, now)
    }),
    { numRuns: 300 }
  )
})

test("the price of a plan is the price of its steps, and of the nodes after it less the nodes before", () => {
  fc.assert(
    fc.property(situation, ({ goal, nodes }) => {
      const { deltaMicroUsdPerHour, steps } = plan(goal, nodes)
      const reached = steps.reduce<ReadonlyArray<Node>>((now, step) => applied(goal.spec, now, step), nodes)
      const price = (all: ReadonlyArray<Node>) =>
        all.reduce((sum, it) => sum + (it.state === "stopped" ? 0 : it.microUsdPerHour), 0)
      expect(deltaMicroUsdPerHour).toBe(price(reached) - price(nodes))
    })
  )
})

test("a cluster that is being deleted only shrinks, to nothing, and its network and goal go last", () => {
  fc.assert(
    fc.property(situation, ({ goal, nodes }) => {
      const { steps } = plan({ ...goal, deleting: true }, nodes)
      const types = steps.map(({ step }) => step.type)
      expect(types.slice(-2)).toEqual(["removeNetwork", "removeGoal"])
      expect(new Set(types.slice(0, -2))).toEqual(new Set(types.length > 2 ? ["terminate"] : []))
      const left = steps.reduce<ReadonlyArray<Node>>((now, step) => applied(goal.spec, now, step), nodes)
      expect(left.every(({ state }) => state === "leaving")).toBe(true)
    })
  )
})
