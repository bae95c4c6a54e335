import { Effect } from "effect"
import { eventually, stays, steady } from "../eventually.ts"
import { expectRefusal, expectSame, expectThat } from "../expect.ts"
import { clusterRule } from "../Rule.ts"
import { clusterOf, poolOf } from "../specs.ts"
import { allClusters, clustersState, nodesOf, readyWith } from "./looks.ts"

/** How clusters come, are found and go. */
export const clusterLifecycle = [
  clusterRule(
    "createCluster makes every pool at its smallest size [R7 R14 R17 R36 R98]",
    ["clusters"],
    (clusters, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* clusters.createCluster(clusterOf(given, name, { nodePools: [poolOf(given, { minSize: 2 })] }))
        const { nodes } = yield* readyWith(clusters, given, name, 2)
        yield* expectThat(
          nodes.every((node) => node.cluster === name && node.pool === "main"),
          "a node does not name its cluster and pool"
        )
        yield* expectSame(new Set(nodes.map(({ id }) => id)).size, 2, "different nodes")
      })
  ),
  clusterRule("createCluster twice is once [R36]", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* clusters.createCluster(clusterOf(given, name))
      const { nodes } = yield* readyWith(clusters, given, name, 1)
      yield* clusters.createCluster(clusterOf(given, name))
      yield* stays(given.pace, {
        look: nodesOf(clusters, name),
        until: (now) => now.length === 1 && now[0]?.id === nodes[0]?.id,
        what: "the same one node"
      })
      const named = (yield* allClusters(clusters)).filter((cluster) => cluster.name === name)
      yield* expectSame(named.length, 1, "clusters of that name")
    })
  ),
  clusterRule("getCluster gives back what was asked for [R15 R116]", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const spec = clusterOf(given, given.name("a"))
      yield* clusters.createCluster(spec)
      const { spec: found } = yield* clusters.getCluster(spec.name)
      yield* expectSame([found.name, found.nodePools], [spec.name, spec.nodePools], "name and pools")
    })
  ),
  clusterRule("a cluster that does not exist is not found [R116 D46]", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const name = given.name("none")
      yield* expectRefusal(clusters.getCluster(name), "NotFound", "getCluster")
      yield* expectRefusal(clusters.updateCluster(name, {}), "NotFound", "updateCluster")
      yield* expectRefusal(clusters.scalePool(name, "main", 1), "NotFound", "scalePool")
    })
  ),
  clusterRule("deleteCluster leaves nothing, and again is success [R116]", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* clusters.createCluster(clusterOf(given, name))
      yield* readyWith(clusters, given, name, 1)
      yield* clusters.deleteCluster(name)
      yield* eventually(given.pace, {
        look: nodesOf(clusters, name),
        until: (nodes) => nodes.length === 0,
        what: "no node is left"
      })
      yield* eventually(given.pace, {
        look: allClusters(clusters),
        until: (all) => all.every((cluster) => cluster.name !== name),
        what: "the cluster is no longer listed"
      })
      yield* expectRefusal(clusters.getCluster(name), "NotFound", "getCluster afterwards")
      yield* clusters.deleteCluster(name)
    })
  ),
  clusterRule("deleteCluster leaves other clusters alone [R116]", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const gone = given.name("a")
      const kept = given.name("ab")
      yield* clusters.createCluster(clusterOf(given, gone))
      yield* clusters.createCluster(clusterOf(given, kept))
      const before = yield* readyWith(clusters, given, kept, 1)
      yield* clusters.deleteCluster(gone)
      yield* stays(given.pace, {
        look: clusters.getCluster(kept),
        until: ({ nodes }) => nodes.length === 1 && nodes[0]?.id === before.nodes[0]?.id,
        what: "the other cluster keeps its node"
      })
    })
  ),
  clusterRule(
    "createCluster names every problem of a bad spec and does nothing [R17 R18 T62]",
    ["clusters"],
    (clusters, given) =>
      Effect.gen(function* () {
        const before = yield* steady(given.pace, clustersState(clusters))
        const bad = clusterOf(given, "Not A Name", {
          nodePools: [poolOf(given, { minSize: 3, maxSize: 2 }), poolOf(given, { name: "other", instanceTypes: [] })]
        })
        const { problems } = yield* expectRefusal(clusters.createCluster(bad), "InvalidInput", "createCluster")
        yield* expectThat(problems.length >= 3, `three things are wrong, named are ${problems.map(({ path }) => path)}`)
        yield* expectSame(yield* steady(given.pace, clustersState(clusters)), before, "what exists")
      })
  ),
  clusterRule("listClusters and nodes are complete, whatever the page [R116 D22]", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const names = Array.from({ length: given.fixtures.listed }, (_, index) => given.name(`l${index}`))
      for (const name of names) yield* clusters.createCluster(clusterOf(given, name))
      for (const name of names) yield* readyWith(clusters, given, name, 1)
      const listed = (yield* allClusters(clusters)).map(({ name }) => name)
      yield* expectSame(
        listed.filter((name) => names.includes(name)),
        names.toSorted(),
        "listed clusters"
      )
      const seen = yield* Effect.map(clustersState(clusters), ({ nodes }) => nodes.length)
      yield* expectThat(seen >= names.length, `${names.length} clusters have a node each, listed are ${seen}`)
    })
  )
]
