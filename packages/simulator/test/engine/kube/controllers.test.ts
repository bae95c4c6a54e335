import { describe, expect, test } from "vitest"
import { placeManifests } from "../../../src/engine/profiles/kube/index.ts"

const node = (name: string, more: object = {}) => ({
  kind: "Node",
  metadata: { name, labels: { "kubernetes.io/hostname": name, zone: name } },
  status: { capacity: { cpu: "4", memory: "8Gi", pods: "20" } },
  ...more
})
const template = (more: object = {}) => ({ spec: { containers: [{ name: "c" }], ...more } })
const controller = (kind: string, name: string, spec: object, more: object = {}) => ({
  kind,
  metadata: { name },
  spec: { template: template(), ...spec },
  ...more
})
const owned = (kind: string, owner: string, name: string, more: object = {}, metadata: object = {}) => ({
  kind: "Pod",
  metadata: { name, ownerReferences: [{ kind, name: owner, controller: true }], ...metadata },
  spec: { containers: [{ name: "c" }], nodeName: "n1", ...more }
})

const place = (...items: ReadonlyArray<unknown>) => {
  const { placements, problems } = placeManifests([{ file: "cluster", text: JSON.stringify({ kind: "List", items }) }])
  expect(problems).toEqual([])
  return placements ?? []
}
const names = (...items: ReadonlyArray<unknown>) =>
  place(node("n1"), ...items).map(({ pod }) => pod.slice("default/".length))

describe("the pods that controllers still have to make", () => {
  test("each kind makes its own number of them", () => {
    expect(
      names(
        controller("Deployment", "web", { replicas: 2 }),
        controller("Job", "once", { parallelism: 3, completions: 2 }),
        controller("StatefulSet", "db", { ordinals: { start: 3 } }),
        controller("ReplicationController", "old", { selector: { app: "old" } }),
        controller("DaemonSet", "agent", {})
      )
    ).toEqual(["web-0", "web-1", "once-0", "once-1", "db-3", "old-0", "agent-n1"])
  })

  test("what is paused, parked or over makes none", () => {
    expect(
      names(
        controller("Deployment", "paused", { paused: true }),
        controller("Job", "parked", { suspend: true }),
        controller("Job", "over", {}, { status: { conditions: [{ type: "Complete", status: "True" }] } }),
        controller("Job", "nearly", { parallelism: 5, completions: 4 }, { status: { succeeded: 3 } })
      )
    ).toEqual(["nearly-0"])
  })

  test("those that are there count, unless they are leaving; a deployment leaves the count to its sets", () => {
    const set = controller("ReplicaSet", "web-1", { replicas: 3 })
    const ownerReferences = [{ kind: "Deployment", name: "web", controller: true }]
    expect(
      names(
        controller("Deployment", "web", { replicas: 3 }),
        { ...set, metadata: { name: "web-1", ownerReferences } },
        owned("ReplicaSet", "web-1", "web-1-x"),
        owned("ReplicaSet", "web-1", "web-1-y", {}, { deletionTimestamp: "2026-01-01T00:00:00Z" })
      )
    ).toEqual(["web-1-0", "web-1-1"])
  })

  test("a daemon runs where its template may, and once on each node", () => {
    const tainted = { spec: { taints: [{ key: "team", effect: "NoSchedule" }] } }
    const closed = {
      spec: { unschedulable: true, taints: [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }] }
    }
    const pending = {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["n2"] }] }]
          }
        }
      },
      nodeName: ""
    }
    const placements = place(
      node("n1"),
      node("n2"),
      node("n3", tainted),
      node("n4", closed),
      node("n5"),
      owned("DaemonSet", "agent", "agent-x", pending),
      controller("DaemonSet", "agent", { template: template({ affinity: notOn("n5") }) })
    )
    expect(placements.map(({ pod, node: at }) => [pod, at])).toEqual([
      ["default/agent-x", "n2"],
      ["default/agent-n1", "n1"],
      ["default/agent-n4", "n4"]
    ])
  })

  test("pods of one revision of a deployment know each other", () => {
    const spread = {
      maxSkew: 1,
      topologyKey: "zone",
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: { matchLabels: { app: "web" } },
      matchLabelKeys: ["pod-template-hash"]
    }
    const labels = { app: "web" }
    const web = { metadata: { labels }, spec: { containers: [{ name: "c" }], topologySpreadConstraints: [spread] } }
    const before = [1, 2, 3].map((index) =>
      owned("ReplicaSet", "web-old", `old-${index}`, {}, { labels: { ...labels, "pod-template-hash": "old" } })
    )
    const placements = place(
      node("n1"),
      node("n2"),
      ...before,
      controller("Deployment", "web", { replicas: 2, template: web })
    )
    expect(placements.map((one) => one.node).sort()).toEqual(["n1", "n2"])
  })
})

const notOn = (zone: string) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: "zone", operator: "NotIn", values: [zone] }] }]
    }
  }
})

describe("what the API server adds to pods", () => {
  test("a limit range fills in what containers leave out", () => {
    const range = {
      kind: "LimitRange",
      metadata: { name: "r" },
      spec: { limits: [{ type: "Container", max: { memory: "1Gi" }, default: { cpu: "3" }, min: { cpu: "1m" } }] }
    }
    const placements = place(node("n1"), range, controller("ReplicaSet", "web", { replicas: 2 }))
    expect(placements.map((one) => one.node)).toEqual(["n1", null])
    expect(placements[1]?.refused).toEqual({ n1: ["Insufficient cpu"] })
  })

  test("a runtime class adds its overhead, its nodes and its leaves", () => {
    const runtime = {
      kind: "RuntimeClass",
      metadata: { name: "kata" },
      handler: "kata",
      overhead: { podFixed: { cpu: "3" } },
      scheduling: { nodeSelector: { zone: "n2" }, tolerations: [{ operator: "Exists" }] }
    }
    const tainted = { spec: { taints: [{ key: "team", effect: "NoSchedule" }] } }
    const web = controller("ReplicaSet", "web", { replicas: 2, template: template({ runtimeClassName: "kata" }) })
    const placements = place(node("n1"), node("n2", tainted), runtime, web)
    expect(placements.map((one) => one.node)).toEqual(["n2", null])
    const { problems } = placeManifests([{ file: "a.json", text: JSON.stringify(web) }])
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'spec.template.spec.runtimeClassName: there is no runtime class "kata"'
    ])
  })

  test("pods of a set or an indexed job carry their number", () => {
    const away = (key: string, value: string) => ({
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: "zone", labelSelector: { matchLabels: { [key]: value } } }
        ]
      }
    })
    const first = (name: string, key: string, value: string) => ({
      kind: "Pod",
      metadata: { name },
      spec: { containers: [{ name: "c" }], affinity: away(key, value) }
    })
    const toFirst = { nodeSelector: { zone: "n1" } }
    const placements = place(
      node("n1"),
      node("n2"),
      controller("StatefulSet", "db", { template: template(toFirst) }),
      controller("Job", "grid", { completionMode: "Indexed", completions: 1, template: template(toFirst) }),
      first("away-from-db", "statefulset.kubernetes.io/pod-name", "db-0"),
      first("away-from-grid", "batch.kubernetes.io/job-completion-index", "0"),
      first("anywhere", "apps.kubernetes.io/pod-index", "7")
    )
    expect(placements.slice(2).map((one) => one.refused)).toEqual([
      { n1: ["node(s) didn't match pod anti-affinity rules"] },
      { n1: ["node(s) didn't match pod anti-affinity rules"] },
      {}
    ])
  })

  test("an indexed job makes the pods of the indexes that are neither there nor over", () => {
    const status = { succeeded: 3, completedIndexes: "0,2-3" }
    const job = controller(
      "Job",
      "grid",
      { completionMode: "Indexed", completions: 7, parallelism: 7 },
      { status: { ...status, failedIndexes: "5" } }
    )
    const there = owned("Job", "grid", "grid-4-x", {}, { labels: { "batch.kubernetes.io/job-completion-index": "4" } })
    expect(names(there, job)).toEqual(["grid-1", "grid-6"])
  })
})
