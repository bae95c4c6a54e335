import { expect, it } from "vitest"
import { fleetOf } from "../src/index.ts"
import type { WireNode, WirePod } from "../src/objects/wire.ts"
import { hashNames } from "../src/scenario/hashNames.ts"
import { kept } from "../src/scenario/Shape.ts"
import { sources } from "../src/scenario/sources.ts"

const shapeOf = (kind: string) => sources.find((source) => source.kind === kind)?.shape ?? {}

/** A pod with much that is nobody's business. */
const pod = (name: string, node?: string) => ({
  kind: "Pod",
  metadata: {
    name,
    namespace: "shop",
    labels: { app: "web", "pod-template-hash": "abc" },
    annotations: { note: "private" },
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-abc", controller: true, uid: "u" }],
    managedFields: [{ manager: "private" }]
  },
  spec: {
    ...(node === undefined ? {} : { nodeName: node }),
    nodeSelector: { team: "blue", "topology.kubernetes.io/zone": "z1" },
    tolerations: [{ key: "team", operator: "Equal", value: "blue", effect: "NoSchedule" }],
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            topologyKey: "kubernetes.io/hostname",
            labelSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] }
          }
        ]
      }
    },
    containers: [
      {
        name: "main",
        image: "registry.example.com/web:1",
        command: ["private"],
        env: [{ name: "TOKEN", value: "private" }],
        volumeMounts: [{ name: "private", mountPath: "/private" }],
        resources: { requests: { cpu: "500m", memory: "1Gi" } }
      }
    ],
    volumes: [{ name: "private", secret: { secretName: "private" } }]
  },
  status: { phase: "Running", podIP: "10.0.0.1" }
})

const node = (name: string, cpu: string) => ({
  kind: "Node",
  metadata: {
    name,
    labels: { "kubernetes.io/hostname": name, team: "blue", pool: "general", "topology.kubernetes.io/zone": "z1" }
  },
  status: { allocatable: { cpu, memory: "15Gi", pods: "100" } }
})

it("of a pod only what decides its place is kept", () => {
  const text = JSON.stringify(kept(pod("web-1", "a"), shapeOf("Pod")))
  expect(text).not.toMatch(/private|10\.0\.0\.1|uid/)
  expect(text).toContain('"nodeName":"a"')
  expect(text).toContain('"cpu":"500m"')
})

it("hashed names tell nothing, and what belonged together still does", () => {
  const things = [
    { ...kept(node("worker-a", "4"), shapeOf("Node")), kind: "Node" },
    { ...kept(pod("web-1", "worker-a"), shapeOf("Pod")), kind: "Pod" }
  ]
  const [hashedNode, hashedPod] = hashNames(things, "salt") as unknown as readonly [WireNode, WirePod]
  expect(JSON.stringify([hashedNode, hashedPod])).not.toMatch(/worker|web|shop|blue|team|registry/)
  const nodeLabels = hashedNode.metadata?.labels ?? {}
  const { affinity, nodeName, nodeSelector = {}, tolerations } = hashedPod.spec ?? { containers: [] }
  expect(nodeName).toBe(hashedNode.metadata?.name)
  expect(nodeLabels["kubernetes.io/hostname"]).toBe(hashedNode.metadata?.name)
  expect(nodeLabels["topology.kubernetes.io/zone"]).toBe("z1")
  const [key = ""] = Object.keys(nodeSelector)
  expect(nodeLabels[key]).toBe(nodeSelector[key])
  expect(tolerations?.[0]).toMatchObject({ key, value: nodeSelector[key] })
  const [term] = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  expect(term?.topologyKey).toBe("kubernetes.io/hostname")
  const [app] = term?.labelSelector?.matchExpressions ?? []
  expect(app?.values).toEqual([hashedPod.metadata?.labels?.[app?.key ?? ""]])
  expect(hashNames(things, "salt")).toEqual([hashedNode, hashedPod])
  expect(hashNames(things, "other")).not.toEqual([hashedNode, hashedPod])
})

it("a fleet has machines like the nodes, and deployments of the pods that stood there", () => {
  const offer = (instanceType: string, cpuMilli: number, microUsdPerHour: number) => ({
    instanceType,
    zone: "a",
    market: "on-demand" as const,
    capacity: { cpuMilli, memoryBytes: 16 * 2 ** 30, gpuMilli: 0 },
    labels: {},
    microUsdPerHour
  })
  const things = [node("a", "4"), node("b", "4"), node("c", "9"), pod("web-1", "a"), pod("web-2")]
  const { cluster, deployments, jobs } = fleetOf(things, "live", [
    offer("dear", 4_000, 9),
    offer("cheap", 4_000, 5),
    offer("big", 16_000, 20)
  ])
  expect(cluster?.nodePools.map(({ instanceTypes, maxSize, name }) => [name, instanceTypes[0], maxSize])).toEqual([
    ["general", "cheap", 2],
    ["general-2", "big", 1]
  ])
  expect(cluster?.nodePools[0]?.labels).toMatchObject({ team: "blue" })
  expect(cluster?.nodePools[0]?.labels).not.toHaveProperty("kubernetes.io/hostname")
  expect(
    deployments.map(({ name, namespace, replicas, template }) => [name, namespace, replicas, template.labels])
  ).toEqual([["web", "shop", 2, { app: "web" }]])
  expect(jobs).toEqual([])
})
