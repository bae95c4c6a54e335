import type { ClusterManager } from "@orrery/core"
import { Effect } from "effect"
import { stays, steady } from "../eventually.ts"
import { expectRefusal, expectSame, expectThat } from "../expect.ts"
import { clusterRule, type Given } from "../Rule.ts"
import { clusterOf, poolOf } from "../specs.ts"
import { clustersState, nodesOf, readyWith } from "./looks.ts"

const scaleTo = (clusters: ClusterManager["Service"], given: Given, name: string, size: number) =>
  Effect.gen(function* () {
    yield* clusters.scalePool(name, "main", size)
    const { nodes } = yield* readyWith(clusters, given, name, size)
    yield* stays(given.pace, {
      look: nodesOf(clusters, name),
      until: (now) => now.length === size,
      what: `${size} nodes`
    })
    return nodes
  })

/** What can be done to the pools of a cluster. */
export const clusterPools = [
  clusterRule("scalePool up and down gives exactly that many nodes [R4 R17 R18]", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* clusters.createCluster(clusterOf(given, name))
      const first = yield* readyWith(clusters, given, name, 1)
      const three = yield* scaleTo(clusters, given, name, 3)
      yield* expectThat(
        three.some(({ id }) => id === first.nodes[0]?.id),
        "growing replaced a node"
      )
      const two = yield* scaleTo(clusters, given, name, 2)
      yield* expectThat(
        two.every(({ id }) => three.some((node) => node.id === id)),
        "shrinking made a new node"
      )
    })
  ),
  clusterRule("scalePool to zero and back [R17]", ["clusters", "scaleToZero"], (clusters, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* clusters.createCluster(clusterOf(given, name, { nodePools: [poolOf(given, { minSize: 0 })] }))
      yield* scaleTo(clusters, given, name, 1)
      yield* scaleTo(clusters, given, name, 0)
      yield* scaleTo(clusters, given, name, 1)
    })
  ),
  clusterRule(
    "scalePool beyond a pool's bounds is refused and changes nothing [R17 R18]",
    ["clusters"],
    (clusters, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* clusters.createCluster(clusterOf(given, name))
        yield* readyWith(clusters, given, name, 1)
        const before = yield* steady(given.pace, clustersState(clusters))
        yield* expectRefusal(clusters.scalePool(name, "main", 5), "InvalidInput", "scalePool above maxSize")
        yield* expectRefusal(clusters.scalePool(name, "main", 0), "InvalidInput", "scalePool below minSize")
        yield* expectRefusal(clusters.scalePool(name, "none", 1), "NotFound", "scalePool of no pool")
        yield* expectSame(yield* steady(given.pace, clustersState(clusters)), before, "what exists")
      })
  ),
  clusterRule("an instance type that nobody offers changes nothing [R16 R36]", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* clusters.createCluster(clusterOf(given, name))
      yield* readyWith(clusters, given, name, 1)
      const before = yield* steady(given.pace, clustersState(clusters))
      const nodePools = [poolOf(given, { instanceTypes: [`${given.fixtures.instanceTypes[0]}-misspelt`] })]
      const calls = {
        "createCluster of a new one": clusters.createCluster(clusterOf(given, given.name("b"), { nodePools })),
        "createCluster of one that is there": clusters.createCluster(clusterOf(given, name, { nodePools })),
        updateCluster: clusters.updateCluster(name, { nodePools })
      }
      for (const [what, call] of Object.entries(calls)) {
        const { problems } = yield* expectRefusal(call, "InvalidInput", what)
        const paths = problems.map(({ path }) => path)
        yield* expectSame(paths, ["nodePools.0.instanceTypes.0"], `what ${what} finds wrong`)
      }
      yield* expectSame(yield* steady(given.pace, clustersState(clusters)), before, "what exists")
      yield* readyWith(clusters, given, name, 1)
    })
  ),
  clusterRule(
    "updateCluster adds a pool and leaves the others [R14 R117]",
    ["clusters", "nodePools"],
    (clusters, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* clusters.createCluster(clusterOf(given, name))
        const before = yield* readyWith(clusters, given, name, 1)
        yield* clusters.updateCluster(name, { nodePools: [poolOf(given), poolOf(given, { name: "more" })] })
        const { nodes } = yield* readyWith(clusters, given, name, 2)
        yield* expectSame(nodes.map(({ pool }) => pool).toSorted(), ["main", "more"], "pools of the nodes")
        yield* expectThat(
          nodes.some(({ id }) => id === before.nodes[0]?.id),
          "the pool that was not changed lost its node"
        )
      })
  ),
  clusterRule("nodes carry their pool's labels and taints [R19 R20 R21 R22 R23 R27]", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      const taints = [{ key: "dedicated", value: "batch", effect: "NoSchedule" }] as const
      yield* clusters.createCluster(
        clusterOf(given, name, { nodePools: [poolOf(given, { labels: { tier: "batch" }, taints })] })
      )
      const { nodes } = yield* readyWith(clusters, given, name, 1)
      yield* expectSame(nodes[0]?.labels.tier, "batch", "label tier")
      yield* expectSame(nodes[0]?.taints, taints, "taints")
    })
  ),
  clusterRule("a spot pool is made of spot machines [R24 R25]", ["clusters", "spot"], (clusters, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* clusters.createCluster(clusterOf(given, name, { nodePools: [poolOf(given, { spot: { enabled: true } })] }))
      const { nodes } = yield* readyWith(clusters, given, name, 1)
      yield* expectSame(
        nodes.map(({ market }) => market),
        ["spot"],
        "markets"
      )
    })
  ),
  clusterRule("configureUpdates keeps the policy [R37 R38 R39 R40 R41 R42]", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const spec = clusterOf(given, given.name("a"))
      yield* clusters.createCluster(spec)
      const policy = { ...spec.update, maxSurge: "50%", maxUnavailable: "0", drainTimeoutMs: 240_000 }
      yield* clusters.configureUpdates(spec.name, policy)
      yield* clusters.configureUpdates(spec.name, policy)
      const { spec: kept } = yield* clusters.getCluster(spec.name)
      yield* expectSame(kept.update, policy, "update policy")
      yield* expectSame(kept.nodePools, spec.nodePools, "pools")
    })
  )
]
