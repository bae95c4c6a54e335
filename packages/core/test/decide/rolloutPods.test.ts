import { type Pod, type RolloutInput, rolloutPods } from "@orrery/core"
import { expect, test } from "vitest"
import { deployment, pod } from "./given.ts"

const three = deployment({ replicas: 3, strategy: { maxSurge: 1, maxUnavailable: 0 } })
const of = (name: string, state: Pod["state"] = "ready", createdAtMs = 0) =>
  pod(name, three.template.spec, { state, node: "a-1", createdAtMs })
const decide = (pods: ReadonlyArray<Pod>, given: Partial<RolloutInput> = {}) =>
  rolloutPods({ deployment: three, revisionHash: "x", pods, nowMs: 0, ...given })

test("names are the lowest free numbers, also beside a pod that is leaving", () => {
  expect(decide([of("web-x-2", "leaving")]).start).toEqual(["web-x-1", "web-x-3", "web-x-4"])
})

test("an old pod waits until a new one is ready, and says so", () => {
  const old = ["web-w-1", "web-w-2", "web-w-3"].map((name) => of(name))
  const begun = decide(old)
  expect([begun.start, begun.stop, begun.state]).toEqual([["web-x-1"], [], "progressing"])
  expect(begun.reasons.map(({ code }) => code)).toEqual(["missing", "waits", "waits", "waits"])
  expect(decide([...old, of("web-x-1", "running")]).stop).toEqual([])
  expect(decide([...old, of("web-x-1")]).stop).toEqual(["web-w-1"])
})

test("Recreate starts nothing before the last old pod is gone", () => {
  const given = { deployment: deployment({ replicas: 1, strategy: { type: "Recreate" } }) }
  const first = decide([of("web-w-1")], given)
  expect([first.start, first.stop]).toEqual([[], ["web-w-1"]])
  expect(decide([of("web-w-1", "leaving")], given).start).toEqual([])
  expect(decide([], given).start).toEqual(["web-x-1"])
})

test("a pod that failed is replaced, but not in a busy loop", () => {
  const pods = [of("web-x-1"), of("web-x-2"), of("web-x-3", "failed", 1_000)]
  const soon = decide(pods, { nowMs: 5_000 })
  expect([soon.start, soon.stop]).toEqual([[], []])
  const later = decide(pods, { nowMs: 11_000 })
  expect([later.start, later.stop]).toEqual([["web-x-4"], ["web-x-3"]])
})

test("a rollout without progress for longer than its deadline is stuck", () => {
  const pods = [of("web-x-1"), of("web-x-2"), of("web-x-3", "running")]
  expect(decide(pods, { nowMs: 600_000 }).state).toBe("progressing")
  expect(decide(pods, { nowMs: 600_001 }).state).toBe("stuck")
  expect(decide(pods, { nowMs: 600_001, progressedAtMs: 500_000 }).state).toBe("progressing")
})

test("pods of others are left alone", () => {
  const others = [
    { ...of("web-w-1"), namespace: "other" },
    { ...of("api-1"), owner: { kind: "job" as const, name: "web" } }
  ]
  expect(decide(others).stop).toEqual([])
})
