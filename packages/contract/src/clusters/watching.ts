import type { ClusterEvent } from "@orrery/core"
import { Effect } from "effect"
import { eventually, steady } from "../eventually.ts"
import { expectRefusal, expectSame } from "../expect.ts"
import { clusterRule } from "../Rule.ts"
import { clusterOf } from "../specs.ts"
import { openedAnew, watched } from "../watched.ts"
import { clustersState, readyWith } from "./looks.ts"

const added = (events: ReadonlyArray<ClusterEvent>): ReadonlyArray<string> =>
  events.flatMap((event) => (event.type === "NodeAdded" ? [event.node.id] : []))

/** What is there, by what a watch has told: whoever believes it knows no other nodes. */
const believed = (events: ReadonlyArray<ClusterEvent>): ReadonlyArray<string> => {
  const there = new Set<string>()
  for (const event of events) {
    if (!("node" in event)) continue
    if (event.type === "NodeRemoved" || event.node.state === "gone") there.delete(event.node.id)
    else there.add(event.node.id)
  }
  return [...there].toSorted()
}

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
    "watchCluster begins with what is there, misses no node that comes or goes, and ends with the cluster [R134]",
    ["clusters", "nodeEvents"],
    (clusters, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* clusters.createCluster(clusterOf(given, name))
        const { nodes } = yield* readyWith(clusters, given, name, 1)
        const watch = yield* watched(given.pace, "the watch of a cluster that is gone", clusters.watchCluster(name))
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
        yield* clusters.scalePool(name, "main", 1)
        const kept = (yield* readyWith(clusters, given, name, 1)).nodes.map(({ id }) => id)
        yield* eventually(given.pace, {
          look: watch.seen.pipe(Effect.map(believed)),
          until: (ids) => ids.join() === kept.join(),
          what: `the watch tells of each node that goes, so that ${kept.join()} is left`
        })
        yield* clusters.deleteCluster(name)
        yield* expectSame((yield* watch.ended).at(-1)?.type, "ClusterDeleted", "last event")
      })
  ),
  clusterRule(
    "watchCluster that is opened anew, be it the same stream, begins with all that is there by then [R134]",
    ["clusters", "nodeEvents"],
    (clusters, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* clusters.createCluster(clusterOf(given, name))
        yield* readyWith(clusters, given, name, 1)
        const grows = Effect.andThen(clusters.scalePool(name, "main", 2), readyWith(clusters, given, name, 2))
        for (const again of yield* openedAnew(given.pace, () => clusters.watchCluster(name), grows)) {
          const { nodes } = yield* readyWith(clusters, given, name, 2)
          yield* eventually(given.pace, {
            look: again.seen.pipe(Effect.map(added)),
            until: (ids) => nodes.every(({ id }) => ids.includes(id)),
            what: "a watch that is opened anew begins with both nodes"
          })
        }
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
