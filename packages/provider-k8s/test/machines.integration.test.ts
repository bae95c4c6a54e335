import { assert, it } from "@effect/vitest"
import { ClusterManager, ClusterSpec, ContainerManager, production } from "@orrery/core"
import { Effect, Layer, Schema, Stream } from "effect"
import { Client } from "../src/Client.ts"
import { layer } from "../src/index.ts"
import type { MachinesConfig } from "../src/machines/MachineMaker.ts"
import type { WireObject } from "../src/objects/wire.ts"
import { fakeNode } from "./fakeNode.ts"
import { startBeside } from "./kubelet.ts"
import { applyAs, destroyPath } from "./server.ts"

// the kinds are the real ones; nobody acts on them here, so that nodes are made by the test
const config = startBeside("machines", "--with", "definitions")
const servicesWith = (machines: MachinesConfig) =>
  Layer.merge(production()(layer({ ...config, machines })), Client.layer(config))
const classOf = (kind: string) => ({ group: "karpenter.kwok.sh", kind, name: "default" })
const karpenter = servicesWith({ by: "karpenter", nodeClass: classOf("KWOKNodeClass") })
const reference = (kind: string) => ({ group: "infrastructure.cluster.x-k8s.io", kind, name: "general" })
const clusterApi = servicesWith({
  by: "cluster-api",
  namespace: "default",
  cluster: "management",
  bootstrap: reference("KubeadmConfigTemplate"),
  infrastructure: reference("DockerMachineTemplate")
})

const pool = (name: string, minSize: number, maxSize: number, more: object = {}) => ({
  name,
  instanceTypes: ["c-4x"],
  minSize,
  maxSize,
  ...more
})
const specOf = (name: string, ...nodePools: ReadonlyArray<object>): ClusterSpec =>
  Schema.decodeUnknownSync(ClusterSpec)({ name, provider: "kubernetes", nodePools })

interface Stored extends WireObject {
  readonly spec: {
    readonly replicas?: number
    readonly limits?: Readonly<Record<string, string>>
    readonly template: {
      readonly spec: {
        readonly requirements?: ReadonlyArray<{ readonly key: string; readonly values: ReadonlyArray<string> }>
        readonly taints?: ReadonlyArray<object>
      }
    }
  }
}

const stored = (path: string) =>
  Effect.flatMap(Client, (client) =>
    client.request<{ readonly items: ReadonlyArray<Stored> }>({ operation: "test", kind: "pool", name: "", path })
  ).pipe(Effect.map(({ items }) => items.map((item) => [item.metadata?.name ?? "", item] as const)))
const nodePools = "/apis/karpenter.sh/v1/nodepools"
const machineDeployments = "/apis/cluster.x-k8s.io/v1beta2/namespaces/default/machinedeployments"

it.live("clusters are made of Karpenter's real NodePools, again and again, and taken away [R36 R116 R117]", () =>
  Effect.gen(function* () {
    const clusters = yield* ClusterManager
    assert.strictEqual(clusters.capabilities.clusters._tag, "Emulated")
    const taint = { key: "work", value: "batch", effect: "NoSchedule" }
    const spec = specOf(
      "made",
      pool("fixed", 2, 2, { zones: ["z1"] }),
      pool("free", 0, 10, { spot: { enabled: true }, labels: { work: "batch" }, taints: [taint] })
    )
    const planned = yield* clusters.plan(spec)
    assert.deepStrictEqual(
      planned.steps.map(({ step }) => ("machine" in step ? step.machine : step.type)),
      ["made-fixed-0", "made-fixed-1"]
    )
    const made = yield* clusters.createCluster(spec)
    assert.strictEqual(made.state, "converging")
    yield* clusters.createCluster(spec)
    const pools = new Map(yield* stored(nodePools))
    assert.deepStrictEqual([...pools.keys()], ["made-fixed", "made-free"])
    assert.strictEqual(pools.get("made-fixed")?.spec.replicas, 2)
    assert.strictEqual(pools.get("made-free")?.spec.replicas, undefined)
    assert.deepStrictEqual(pools.get("made-free")?.spec.limits, { nodes: "10" })
    const { requirements = [], taints } = pools.get("made-free")?.spec.template.spec ?? {}
    assert.deepStrictEqual(
      requirements.map(({ key, values }) => [key, ...values]),
      [
        ["node.kubernetes.io/instance-type", "c-4x"],
        ["karpenter.sh/capacity-type", "spot"]
      ]
    )
    assert.deepStrictEqual(taints, [taint])

    for (const name of ["made-1", "made-2"])
      yield* applyAs("karpenter", `/api/v1/nodes/${name}`, {
        ...fakeNode(name, { "orrery/cluster": "made", "orrery/pool": "fixed" })
      })
    const ready = Effect.repeat(clusters.getCluster("made"), { until: ({ state }) => state === "ready" })
    assert.lengthOf((yield* Effect.timeout(ready, "90 seconds")).nodes, 2)
    assert.deepStrictEqual((yield* clusters.getCluster("made")).spec, spec)
    const listed = yield* Stream.runCollect(clusters.listClusters)
    assert.include(
      listed.map(({ name }) => name),
      "made"
    )

    const refused = yield* Effect.flip(clusters.scalePool("made", "free", 3))
    assert.include(refused.message, "Karpenter itself decides how large pool free is")
    yield* clusters.updateCluster("made", { nodePools: specOf("made", pool("fixed", 3, 3)).nodePools })
    const changed = yield* stored(nodePools)
    assert.deepStrictEqual(
      changed.map(([name, { spec: its }]) => [name, its.replicas]),
      [["made-fixed", 3]]
    )
    yield* clusters.deleteCluster("made")
    yield* clusters.deleteCluster("made")
    assert.deepStrictEqual(yield* stored(nodePools), [])
    for (const name of ["made-1", "made-2"]) yield* destroyPath(`/api/v1/nodes/${name}`)
  }).pipe(Effect.provide(karpenter))
)

it.live("a broken node's machine is taken away by its real NodeClaim, and a node of nobody is not touched [R100]", () =>
  Effect.gen(function* () {
    const { nodes } = yield* ClusterManager
    const claims = "/apis/karpenter.sh/v1/nodeclaims"
    const requirements = [{ key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] }]
    const claim = {
      apiVersion: "karpenter.sh/v1",
      kind: "NodeClaim",
      metadata: { name: "claimed" },
      spec: { nodeClassRef: classOf("KWOKNodeClass"), requirements }
    }
    yield* applyAs("karpenter", `${claims}/claimed`, claim)
    yield* applyAs("karpenter", `${claims}/claimed`, { ...claim, status: { nodeName: "broken" } }, "/status")
    for (const name of ["broken", "own"]) yield* applyAs("karpenter", `/api/v1/nodes/${name}`, fakeNode(name))
    const refused = yield* Effect.flip(nodes.remove("own"))
    assert.include(refused.message, "Karpenter made no machine for node own")
    assert.lengthOf(yield* stored(claims), 1)
    yield* nodes.repair("broken")
    assert.lengthOf(yield* stored(claims), 0)
    for (const name of ["broken", "own"]) yield* destroyPath(`/api/v1/nodes/${name}`)
  }).pipe(Effect.provide(karpenter))
)

it.live("what Karpenter cannot keep is refused with each problem, and pools of others are not touched", () =>
  Effect.gen(function* () {
    const clusters = yield* ClusterManager
    const bad = yield* Effect.flip(clusters.createCluster(specOf("bad", pool("some", 1, 5), pool("more", 2, 5))))
    assert.include(bad.message, "nodePools.0.minSize: Karpenter keeps no minimum")
    assert.include(bad.message, "nodePools.1.minSize")
    const spec = { template: { spec: { nodeClassRef: classOf("KWOKNodeClass"), requirements: [] } } }
    const theirs = { apiVersion: "karpenter.sh/v1", kind: "NodePool", metadata: { name: "taken-general" }, spec }
    yield* applyAs("somebody", `${nodePools}/taken-general`, theirs)
    const taken = yield* Effect.flip(clusters.createCluster(specOf("taken", pool("general", 1, 1))))
    assert.strictEqual(taken.reason._tag, "Conflict")
    yield* clusters.deleteCluster("taken")
    assert.deepStrictEqual(
      (yield* stored(nodePools)).map(([name]) => name),
      ["taken-general"]
    )
    yield* destroyPath(`${nodePools}/taken-general`)
  }).pipe(Effect.provide(karpenter))
)

it.live("clusters are made of Cluster API's real MachineDeployments, and scaled within bounds [R36 R116]", () =>
  Effect.gen(function* () {
    const clusters = yield* ClusterManager
    yield* clusters.createCluster(specOf("capi", pool("general", 1, 5)))
    yield* clusters.scalePool("capi", "general", 4)
    const replicas = Effect.map(stored(machineDeployments), (all) =>
      all.map(([name, { spec }]) => [name, spec.replicas])
    )
    assert.deepStrictEqual(yield* replicas, [["capi-general", 4]])
    const beyond = yield* Effect.flip(clusters.scalePool("capi", "general", 6))
    assert.include(beyond.message, "6 is not within the pool's bounds, 1 to 5")
    // a second run of the same file keeps the size that was asked for
    yield* clusters.createCluster(specOf("capi", pool("general", 1, 5)))
    assert.deepStrictEqual(yield* replicas, [["capi-general", 4]])
    const spot = specOf("capi-spot", pool("general", 1, 5, { spot: { enabled: true } }))
    assert.strictEqual((yield* Effect.flip(clusters.createCluster(spot))).reason._tag, "Unsupported")
    yield* clusters.deleteCluster("capi")
    assert.deepStrictEqual(yield* replicas, [])
  }).pipe(Effect.provide(clusterApi))
)

it.live("an API server that does not know these kinds says that nobody makes machines", () =>
  Effect.gen(function* () {
    const clusters = yield* ClusterManager
    const error = yield* Effect.flip(clusters.createCluster(specOf("none", pool("general", 1, 1))))
    assert.strictEqual(error.reason._tag, "Unsupported")
    assert.include(error.message, "Karpenter is not installed")
    const containers = yield* ContainerManager
    assert.strictEqual((yield* Stream.runCollect(containers.listDeployments("nowhere"))).length, 0)
  }).pipe(
    Effect.provide(
      layer({
        kubeconfig: process.env.ORRERY_K8S_KUBECONFIG ?? "",
        machines: { by: "karpenter", nodeClass: classOf("KWOKNodeClass") }
      })
    )
  )
)
