import type { ClusterEvent } from "@orrery/core"
import { Effect, Stream } from "effect"
import { eventually, steady } from "../eventually.ts"
import { expectRefusal, expectSame } from "../expect.ts"
import { gathered } from "../gathered.ts"
import { clusterRule } from "../Rule.ts"
import { clusterOf } from "../specs.ts"
import { clustersState, readyWith } from "./looks.ts"

const added = (events: ReadonlyArray<ClusterEvent>): ReadonlyArray<string> =>
  events.flatMap((event) => (event.type === "NodeAdded" ? [event.node.id] : []))

/** Plans, watches, and the care of single nodes. */
export const clusterWatching = [
  clusterRule("plan says what createCluster would do and does nothing", ["clusters"], (clusters, given) =>
    Effect.gen(function* () {
      const spec = clusterOf(given, given.name("a"))
      const before = yield* steady(given.pace, clustersState(clusters))
      const plan = yield* clusters.plan(spec)
      const launches = plan.steps.filter(({ step }) => step.type === "launch")
      yield* expectSame(launches.length, 1, "planned launches")
      yield* expectSame(yield* steady(given.pace, clustersState(clusters)), before, "what exists")
      yield* clusters.createCluster(spec)
      yield* readyWith(clusters, given, spec.name, 1)
      yield* expectSame((yield* clusters.plan(spec)).steps, [], "steps once it is there")
    })
  ),
  clusterRule(
    "watchCluster begins with what is there, misses no node, and ends with the cluster [R134]",
    ["clusters", "nodeEvents"],
    (clusters, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* clusters.createCluster(clusterOf(given, name))
        const { nodes } = yield* readyWith(clusters, given, name, 1)
        const watch = yield* gathered(given.pace, "the watch of a cluster that is gone", clusters.watchCluster(name))
        yield* eventually(given.pace, {
          look: watch.seen.pipe(Effect.map(added)),
          until: (ids) => ids.includes(nodes[0]?.id ?? ""),
          what: "the watch begins with the node that is there"
        })
        yield* clusters.scalePool(name, "main", 3)
        const grown = yield* readyWith(clusters, given, name, 3)
        yield* eventually(given.pace, {
          look: watch.seen.pipe(Effect.map(added)),
          until: (ids) => grown.nodes.every(({ id }) => ids.includes(id)),
          what: "the watch tells of each new node"
        })
        yield* clusters.deleteCluster(name)
        yield* expectSame((yield* watch.ended).at(-1)?.type, "ClusterDeleted", "last event")
      })
  ),
  clusterRule(
    "watchCluster that is opened anew begins with all that is there by then [R134]",
    ["clusters", "nodeEvents"],
    (clusters, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* clusters.createCluster(clusterOf(given, name))
        yield* readyWith(clusters, given, name, 1)
        yield* Stream.runHead(clusters.watchCluster(name))
        yield* clusters.scalePool(name, "main", 2)
        const { nodes } = yield* readyWith(clusters, given, name, 2)
        const again = yield* gathered(given.pace, "the second watch", clusters.watchCluster(name))
        yield* eventually(given.pace, {
          look: again.seen.pipe(Effect.map(added)),
          until: (ids) => nodes.every(({ id }) => ids.includes(id)),
          what: "the second watch begins with both nodes"
        })
      })
  ),
  clusterRule(
    "cordon and uncordon set whether a node takes work, as often as they are called [R100]",
    ["clusters", "cordon"],
    (clusters, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* clusters.createCluster(clusterOf(given, name))
        const { nodes } = yield* readyWith(clusters, given, name, 1)
        const node = nodes[0]?.name ?? ""
        for (const [call, schedulable] of [
          [clusters.nodes.cordon, false],
          [clusters.nodes.uncordon, true]
        ] as const) {
          const again = { look: call(node), until: () => true, what: `node ${node} can be set` }
          yield* eventually(given.pace, again)
          yield* eventually(given.pace, again)
          yield* eventually(given.pace, {
            look: clusters.nodes.get(node),
            until: (now) => now.schedulable === schedulable,
            what: `node ${node} has schedulable ${schedulable}`
          })
        }
      })
  ),
  clusterRule("drain closes an empty node at once [R39]", ["clusters", "drain"], (clusters, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* clusters.createCluster(clusterOf(given, name))
      const { nodes } = yield* readyWith(clusters, given, name, 1)
      const node = nodes[0]?.name ?? ""
      yield* clusters.nodes.drain(node, { deadlineMs: given.pace.settleMs })
      yield* eventually(given.pace, {
        look: clusters.nodes.get(node),
        until: ({ schedulable }) => !schedulable,
        what: "a drained node takes no work"
      })
    })
  ),
  clusterRule("a node that does not exist is not found [D46]", ["clusters"], (clusters, given) =>
    Effect.asVoid(expectRefusal(clusters.nodes.get(given.name("none")), "NotFound", "nodes.get"))
  )
]
