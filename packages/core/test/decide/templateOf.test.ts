import { type NodePool, type Runtime, templateOf } from "@orrery/core"
import { expect, test } from "vitest"
import { cluster, pool } from "./given.ts"

const base = pool("a", {
  labels: { tier: "web", disk: "ssd" },
  taints: [
    { key: "x", effect: "NoSchedule" },
    { key: "y", effect: "NoSchedule" }
  ]
})
const of = (given: Partial<NodePool>): string => templateOf(cluster([base]), { ...base, ...given })

test("the fingerprint of a description stays the same for ever, as machines carry it", () => {
  expect(of({})).toBe("f2b20afd1102")
})

test.each<Partial<NodePool>>([
  { instanceTypes: ["large"] },
  { instanceTypes: ["small", "large"] },
  { labels: { tier: "web" } },
  { labels: {} },
  { taints: [] },
  { image: "ami-1" },
  { diskBytes: 1 },
  { spot: { enabled: true } },
  { spot: { enabled: true, maxMicroUsdPerHour: 1 } }
])("a machine is outdated once its pool says %o", (given) => {
  expect(of(given)).not.toBe(of({}))
})

test("a machine is outdated once its cluster runs containers with something else", () => {
  const running = (runtime: Runtime) => templateOf({ ...cluster([base]), runtime }, base)
  const all = [
    of({}),
    running({ type: "podman" }),
    running({ type: "docker" }),
    running({ type: "docker", version: "27" })
  ]
  expect(new Set(all).size).toBe(4)
  expect(running({ type: "docker", version: "27" })).toBe(all[3])
})

test.each<Partial<NodePool>>([
  { minSize: 3 },
  { maxSize: 7 },
  { labels: { disk: "ssd", tier: "web" } },
  { taints: base.taints.toReversed() },
  { spot: { enabled: false } }
])("a machine stays good where its pool says %o", (given) => {
  expect(of(given)).toBe(of({}))
})

test("the cluster's labels are the machines' too", () => {
  expect(templateOf(cluster([base], { labels: { team: "blue" } }), base)).not.toBe(of({}))
})
