import { describe, expect, test } from "vitest"
import { placeManifests } from "../../../src/engine/profiles/kube/index.ts"
import { printQuantity } from "../../../src/engine/profiles/kube/manifest/quantity.ts"

const node = {
  kind: "Node",
  metadata: { name: "n1" },
  status: { allocatable: { cpu: "64", memory: "64Gi", pods: "110" } }
}
const quota = (name: string, hard: object, more: object = {}) => ({
  kind: "ResourceQuota",
  metadata: { name },
  spec: { hard, ...more }
})
const pod = (name: string, requests: object, more: object = {}, metadata: object = {}) => ({
  kind: "Pod",
  metadata: { name, ...metadata },
  spec: { containers: [{ name: "c", resources: { requests } }], ...more }
})
const place = (...items: ReadonlyArray<unknown>) => {
  const { placements, problems } = placeManifests([
    { file: "cluster", text: JSON.stringify({ kind: "List", items: [node, ...items] }) }
  ])
  expect(problems).toEqual([])
  return (placements ?? []).map((one) => one.node ?? one.message)
}

describe("a pod over the quota of its namespace is never made", () => {
  test("and the words are the API server's", () => {
    const two = quota("small", { pods: "2", "requests.cpu": "2", "limits.memory": "1Gi" })
    const limits = { resources: { requests: { cpu: "1500m" }, limits: { memory: "600Mi" } } }
    const bounded = (name: string) => ({ ...pod(name, {}), spec: { containers: [{ name: "c", ...limits }] } })
    expect(place(two, bounded("p0"), bounded("p1"), pod("p2", { cpu: "1" }))).toEqual([
      "n1",
      'pods "p1" is forbidden: exceeded quota: small, requested: limits.memory=600Mi,requests.cpu=1500m, used: limits.memory=600Mi,requests.cpu=1500m, limited: limits.memory=1Gi,requests.cpu=2',
      'pods "p2" is forbidden: failed quota: small: must specify limits.memory for: c'
    ])
  })

  test("while those that are there count, wherever they stand in the file, and are not asked again", () => {
    const there = pod("there", { cpu: "1" }, {}, { uid: "1" })
    const running = pod("running", { cpu: "1" }, { nodeName: "n1" })
    expect(place(quota("q", { "count/pods": "2" }), pod("new", {}), there, running)).toEqual([
      'pods "new" is forbidden: exceeded quota: q, requested: count/pods=1, used: count/pods=2, limited: count/pods=2',
      "n1"
    ])
  })

  test("and what controllers make is counted, too", () => {
    const template = { spec: { containers: [{ name: "c", resources: { limits: { "example.com/gpu": "0" } } }] } }
    const web = { kind: "Deployment", metadata: { name: "web" }, spec: { replicas: 3, template } }
    expect(place(quota("q", { pods: "2" }), web)).toEqual([
      "n1",
      "n1",
      'pods "web-2" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2'
    ])
  })

  test.each([
    [{ scopes: ["BestEffort"] }, pod("p", {}), pod("p", { cpu: "1" })],
    [{ scopes: ["NotBestEffort"] }, pod("p", { cpu: "1" }), pod("p", {})],
    [{ scopes: ["Terminating"] }, pod("p", {}, { activeDeadlineSeconds: 5 }), pod("p", {})],
    [{ scopes: ["NotTerminating"] }, pod("p", {}), pod("p", {}, { activeDeadlineSeconds: 5 })],
    [
      { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "Exists" }] } },
      pod("p", {}, { priorityClassName: "system-node-critical" }),
      pod("p", {})
    ]
  ])("%j is about some pods only", (scope, within, beyond) => {
    const none = quota("q", { pods: "0" }, scope)
    expect(place(none, within)[0]).toContain("exceeded quota")
    expect(place(none, beyond)).toEqual(["n1"])
  })

  test("unless it is of another namespace", () => {
    const other = { ...quota("q", { pods: "0" }), metadata: { name: "q", namespace: "other" } }
    expect(place(other, pod("p", {}))).toEqual(["n1"])
  })
})

test.each([
  [1500n, "1500m"],
  [2_000_000n, "2k"],
  [1_073_741_824_000n, "1Gi"],
  [629_145_600_000n, "600Mi"],
  [1_000_000_000_000n, "1G"],
  [0n, "0"]
])("%s thousandths are written %s", (milli, text) => expect(printQuantity(milli)).toBe(text))
