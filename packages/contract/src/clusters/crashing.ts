import { Effect } from "effect"
import { stays } from "../eventually.ts"
import { interrupted } from "../interrupted.ts"
import { leavesForeignAlone } from "../leavesForeignAlone.ts"
import { clusterRule } from "../Rule.ts"
import { clusterOf, poolOf } from "../specs.ts"
import { nodesOf, readyWith } from "./looks.ts"

/** What must hold although a caller dies in the middle, and although others use the same account. */
export const clusterCrashing = [
  clusterRule(
    "createCluster that is cut short at any moment and run again is once [R36]",
    ["clusters"],
    (clusters, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        const spec = clusterOf(given, name, { nodePools: [poolOf(given, { minSize: 2 })] })
        yield* interrupted(given.pace, clusters.createCluster(spec))
        yield* readyWith(clusters, given, name, 2)
        yield* stays(given.pace, {
          look: nodesOf(clusters, name),
          until: (nodes) => nodes.length === 2,
          what: "two nodes"
        })
      })
  ),
  clusterRule("deleteCluster that is cut short and run again leaves nothing [R116]", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* clusters.createCluster(clusterOf(given, name))
      yield* interrupted(given.pace, clusters.deleteCluster(name))
      yield* stays(given.pace, {
        look: nodesOf(clusters, name),
        until: (nodes) => nodes.length === 0,
        what: "no node"
      })
    })
  ),
  clusterRule(
    "a cluster's whole life touches no machine that is not ours [R3 R36 R116 T58]",
    ["clusters", "foreign"],
    (clusters, given) => {
      const name = given.name("a")
      return leavesForeignAlone(
        given,
        [name],
        Effect.gen(function* () {
          yield* clusters.createCluster(clusterOf(given, name))
          yield* readyWith(clusters, given, name, 1)
          yield* clusters.deleteCluster(name)
        })
      )
    }
  )
]
