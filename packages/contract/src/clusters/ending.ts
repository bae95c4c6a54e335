import type { ClusterManager, ComputeError } from "@orrery/core"
import { Effect } from "effect"
import { eventually } from "../eventually.ts"
import { expectRefusal, expectSame } from "../expect.ts"
import { clusterRule, type Given } from "../Rule.ts"
import { clusterOf } from "../specs.ts"
import { nodesOf, readyWith } from "./looks.ts"

type Clusters = ClusterManager["Service"]

const isReplacedAfter = (clusters: Clusters, given: Given, act: (node: string) => Effect.Effect<void, ComputeError>) =>
  Effect.gen(function* () {
    const name = given.name("a")
    yield* clusters.createCluster(clusterOf(given, name))
    const before = (yield* readyWith(clusters, given, name, 1)).nodes[0]
    yield* act(before?.name ?? "")
    yield* eventually(given.pace, {
      // asked for again each time: a list that lags may still show the node that went
      look: clusters.createCluster(clusterOf(given, name)).pipe(Effect.andThen(nodesOf(clusters, name))),
      until: (nodes) => nodes.length === 1 && nodes[0]?.id !== before?.id && nodes[0]?.state === "ready",
      what: "one other node is ready"
    })
  })

/** How machines go, by our hand or by themselves, and what comes after them. */
export const clusterEnding = [
  clusterRule("a node that is removed is replaced by its pool [R100]", ["clusters"], (clusters, given) =>
    isReplacedAfter(clusters, given, clusters.nodes.remove)
  ),
  clusterRule("a node that is repaired is another one [D32]", ["clusters"], (clusters, given) =>
    isReplacedAfter(clusters, given, clusters.nodes.repair)
  ),
  clusterRule("repair of a node that does not exist is not found", ["clusters"], (clusters, given) =>
    Effect.asVoid(expectRefusal(clusters.nodes.repair(given.name("none")), "NotFound", "nodes.repair"))
  ),
  clusterRule(
    "a leased cluster keeps its lease, and its machines end by themselves when nobody renews it",
    ["clusters", "leases"],
    (clusters, given) =>
      Effect.gen(function* () {
        // long enough for the machines to come up, and over well before the contract gives up waiting
        const spec = clusterOf(given, given.name("a"), { leaseMs: Math.ceil(given.pace.settleMs / 3) })
        yield* clusters.createCluster(spec)
        yield* expectSame((yield* clusters.getCluster(spec.name)).spec.leaseMs, spec.leaseMs, "lease")
        yield* readyWith(clusters, given, spec.name, 1)
        if (!given.shows("leases")) return
        yield* eventually(given.pace, {
          look: nodesOf(clusters, spec.name),
          until: (nodes) => nodes.length === 0,
          what: "no machine outlives its lease"
        })
      })
  )
]
