import { type Pod, replacementBounds, rolloutPods } from "@orrery/core"
import fc from "fast-check"
import { expect, test } from "vitest"
import { deployment, pod } from "./given.ts"

const spec = deployment().template.spec
const states = fc.constantFrom<Pod["state"]>("waiting", "starting", "running", "ready", "ready", "leaving", "failed")
const strategy = fc.oneof(
  fc.constant({ type: "Recreate" } as const),
  fc
    .record({ maxSurge: fc.constantFrom("0", "1", "25%", "100%"), maxUnavailable: fc.constantFrom("0", "1", "25%") })
    .filter(({ maxSurge, maxUnavailable }) => maxSurge !== "0" || maxUnavailable !== "0")
)
const situation = fc.record({
  replicas: fc.integer({ min: 0, max: 6 }),
  strategy,
  pods: fc.uniqueArray(
    fc.record({ hash: fc.constantFrom("old", "new"), number: fc.integer({ min: 1, max: 6 }), state: states }),
    { maxLength: 8, selector: ({ hash, number }) => `${hash}-${number}` }
  )
})
const podsOf = (given: ReadonlyArray<{ hash: string; number: number; state: Pod["state"] }>): ReadonlyArray<Pod> =>
  given.map(({ hash, number, state }) => pod(`web-${hash}-${number}`, spec, { state, node: "a-1" }))
const live = (pods: ReadonlyArray<Pod>) => pods.filter(({ state }) => state !== "leaving" && state !== "failed")
const ready = (pods: ReadonlyArray<Pod>) => pods.filter(({ state }) => state === "ready").length

test("round by round a rollout reaches its revision and number, within its bounds, and then rests", () => {
  fc.assert(
    fc.property(situation, ({ pods: given, replicas, strategy }) => {
      const wanted = deployment({ replicas, strategy })
      let pods = podsOf(given)
      const decide = () => rolloutPods({ deployment: wanted, revisionHash: "new", pods, nowMs: 60_000 })
      for (let round = 0; round < 40; round++) {
        const { start, stop } = decide()
        const after = pods.filter(({ name }) => !stop.includes(name))
        if (wanted.strategy.type === "RollingUpdate") {
          const { surge, unavailable } = replacementBounds(wanted.strategy, replicas)
          if (start.length > 0) expect(live(pods).length + start.length).toBeLessThanOrEqual(replicas + surge)
          if (ready(after) < ready(pods)) expect(ready(after)).toBeGreaterThanOrEqual(replicas - unavailable)
        } else if (start.length > 0)
          expect(
            pods.some(({ name }) => name.startsWith("web-old") && live(pods).length > 0 && !stop.includes(name))
          ).toBe(false)
        expect(start.some((name) => pods.some((it) => it.name === name))).toBe(false)
        pods = [
          ...after
            .filter(({ state }) => state !== "leaving")
            .map((it) => (it.state === "failed" ? it : { ...it, state: "ready" as const })),
          ...start.map((name) => pod(name, spec, { state: "starting", node: "a-1", createdAtMs: 60_000 }))
        ]
      }
      expect(pods.map(({ name }) => name.startsWith("web-new"))).toEqual(Array(replicas).fill(true))
      expect(decide()).toEqual({ start: [], stop: [], reasons: [], state: "available" })
    }),
    { numRuns: 500 }
  )
})

test("every pod that starts or stops has its reason", () => {
  fc.assert(
    fc.property(situation, ({ pods, replicas, strategy }) => {
      const { reasons, start, stop } = rolloutPods({
        deployment: deployment({ replicas, strategy }),
        revisionHash: "new",
        pods: podsOf(pods),
        nowMs: 60_000
      })
      const explained = reasons.filter(({ code }) => code !== "waits").map(({ pod }) => pod)
      expect(explained.toSorted()).toEqual([...start, ...stop].toSorted())
    })
  )
})
