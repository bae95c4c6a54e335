import {
  because,
  type Cluster,
  ClusterManager,
  type ClusterSpec,
  type ComputeError,
  type Node,
  Unclassified,
  Unsupported
} from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import { Foreign } from "../../src/index.ts"
import { memoryClusters } from "../memory/clusters.ts"
import { capabilitiesBut, memory } from "../memory/memory.ts"
import { strangers } from "../memory/strangers.ts"
import { invalid } from "../memory/world.ts"
import { type Broken, brokenClusters } from "./Broken.ts"

const oneMore = (good: ClusterManager["Service"], name: string): Effect.Effect<Cluster, ComputeError> =>
  Effect.flatMap(good.getCluster(name), ({ nodes }) => good.scalePool(name, "main", nodes.length + 1))

const unclassified = (error: ComputeError): ComputeError =>
  because(new Unclassified({ backend: "memory", operation: "any", detail: error.message }))

const deletesTheForeign = (): Broken => {
  const base = memory()
  const world = Layer.merge(memoryClusters(base.capabilities), strangers)
  const clusters = Layer.effect(
    ClusterManager,
    Effect.gen(function* () {
      const good = yield* ClusterManager
      const foreign = yield* Foreign
      return { ...good, deleteCluster: (name: string) => Effect.andThen(good.deleteCluster(name), foreign.clear) }
    })
  ).pipe(Layer.provide(world))
  return {
    name: "deletes what it does not own",
    rejectedBy: ["a cluster's whole life touches no machine that is not ours"],
    backend: { ...base, services: { clusters } }
  }
}

const withGap = (broken: Broken): Broken => ({
  ...broken,
  backend: {
    ...broken.backend,
    capabilities: capabilitiesBut({ scaleToZero: { _tag: "Absent", why: "said to be so" } })
  }
})

/** Backends whose clusters are wrong in one way each. */
export const clusterZoo: ReadonlyArray<Broken> = [
  brokenClusters(
    "is not idempotent",
    [
      "createCluster twice is once",
      "a node that is removed is replaced by its pool",
      "createCluster that is cut short at any moment and run again is once",
      "a node that is repaired is another one",
      "an instance type that nobody offers changes nothing"
    ],
    (good) => ({
      createCluster: (spec) =>
        Effect.matchEffect(good.getCluster(spec.name), {
          onFailure: () => good.createCluster(spec),
          onSuccess: () => oneMore(good, spec.name)
        })
    })
  ),
  brokenClusters(
    "doubles when the answer is lost",
    ["createCluster that is cut short at any moment and run again is once"],
    (good) => {
      const lost = new Set<string>()
      return {
        createCluster: (spec) =>
          Effect.gen(function* () {
            const cluster = yield* lost.delete(spec.name) ? oneMore(good, spec.name) : good.createCluster(spec)
            yield* Effect.sleep(30).pipe(Effect.onInterrupt(() => Effect.sync(() => lost.add(spec.name))))
            return cluster
          })
      }
    }
  ),
  brokenClusters("forgets teardown", ["deleteCluster leaves nothing, and again is success"], (good) => {
    const left = new Map<string, ReadonlyArray<Node>>()
    return {
      deleteCluster: (name) =>
        Effect.gen(function* () {
          const nodes = yield* Stream.runCollect(good.nodes.list(name))
          if (nodes.some(({ state }) => state === "ready")) left.set(name, nodes)
          yield* good.deleteCluster(name)
        }),
      nodes: {
        ...good.nodes,
        list: (name) => Stream.concat(good.nodes.list(name), Stream.fromIterable(left.get(name ?? "") ?? []))
      }
    }
  }),
  brokenClusters("deletes by prefix", ["deleteCluster leaves other clusters alone"], (good) => ({
    deleteCluster: (name) =>
      Stream.runForEach(good.listClusters, (cluster) =>
        cluster.name.startsWith(name) ? good.deleteCluster(cluster.name) : Effect.void
      )
  })),
  deletesTheForeign(),
  brokenClusters("drops the last page", ["listClusters and nodes are complete, whatever the page"], (good) => ({
    listClusters: Stream.take(good.listClusters, 2)
  })),
  brokenClusters("lists what was there before", ["deleteCluster leaves nothing, and again is success"], (good) => {
    let before: ReadonlyArray<Cluster> = []
    return {
      listClusters: Stream.unwrap(
        Effect.map(Stream.runCollect(good.listClusters), (now) => {
          const stale = now.length === 0 ? before : now
          before = stale
          return Stream.fromIterable(stale)
        })
      ),
      deleteCluster: (name) =>
        Effect.gen(function* () {
          before = yield* Stream.runCollect(good.listClusters)
          yield* good.deleteCluster(name)
        })
    }
  }),
  brokenClusters(
    "scales down to one more than asked",
    [
      "scalePool up and down gives exactly that many nodes",
      "scalePool to zero and back",
      "watchCluster that is opened anew, be it the same stream, begins with all that is there by then"
    ],
    (good) => ({
      scalePool: (name, pool, size) =>
        Effect.gen(function* () {
          const cluster = yield* good.scalePool(name, pool, size)
          return yield* size === 2 || size === 0 ? good.scalePool(name, pool, size + 1) : Effect.succeed(cluster)
        })
    })
  ),
  brokenClusters(
    "loses an error class",
    ["a cluster that does not exist is not found", "deleteCluster leaves nothing, and again is success"],
    (good) => ({ getCluster: (name) => Effect.mapError(good.getCluster(name), unclassified) })
  ),
  brokenClusters(
    "names one problem only",
    ["createCluster names every problem of a bad spec and does nothing"],
    (good) => ({
      createCluster: (spec) =>
        Effect.catchReason(good.createCluster(spec), "ComputeError", "InvalidInput", ({ problems }) =>
          invalid("createCluster", problems.slice(0, 1))
        )
    })
  ),
  brokenClusters(
    "refuses an unknown instance type after it was asked for",
    ["an instance type that nobody offers changes nothing"],
    (good) => {
      const wanted = new Map<string, ClusterSpec["nodePools"]>()
      return {
        createCluster: (spec) =>
          Effect.tapError(good.createCluster(spec), () => Effect.sync(() => wanted.set(spec.name, spec.nodePools))),
        listClusters: Stream.map(good.listClusters, (cluster) => {
          const nodePools = wanted.get(cluster.name)
          return nodePools === undefined ? cluster : { ...cluster, spec: { ...cluster.spec, nodePools } }
        })
      }
    }
  ),
  brokenClusters("plans by doing", ["plan says what createCluster would do and does nothing"], (good) => ({
    plan: (spec) => Effect.tap(good.plan(spec), () => good.createCluster(spec))
  })),
  brokenClusters("drops taints", ["nodes carry their pool's labels and taints"], (good) => ({
    createCluster: (spec) =>
      good.createCluster({ ...spec, nodePools: spec.nodePools.map((pool) => ({ ...pool, taints: [] })) })
  })),
  brokenClusters("buys on-demand for spot", ["a spot pool is made of spot machines"], (good) => ({
    createCluster: (spec) =>
      good.createCluster({ ...spec, nodePools: spec.nodePools.map(({ spot: _, ...pool }) => pool) })
  })),
  brokenClusters(
    "loses an event",
    [
      "watchCluster begins with what is there, misses no node that comes or goes, and ends with the cluster",
      "watchCluster that is opened anew, be it the same stream, begins with all that is there by then"
    ],
    (good) => ({
      watchCluster: (name) => {
        let added = 0
        return Stream.filter(good.watchCluster(name), (event) => event.type !== "NodeAdded" || ++added !== 2)
      }
    })
  ),
  brokenClusters(
    "watches for ever",
    ["watchCluster begins with what is there, misses no node that comes or goes, and ends with the cluster"],
    (good) => ({ watchCluster: (name) => Stream.concat(good.watchCluster(name), Stream.never) })
  ),
  brokenClusters(
    "uncordons never",
    ["cordon and uncordon set whether a node takes work, as often as they are called"],
    (good) => ({
      nodes: { ...good.nodes, uncordon: () => Effect.void }
    })
  ),
  brokenClusters("takes a repair for done", ["a node that is repaired is another one"], (good) => ({
    nodes: { ...good.nodes, repair: (name) => Effect.asVoid(good.nodes.get(name)) }
  })),
  brokenClusters("repairs what is not there", ["repair of a node that does not exist is not found"], (good) => ({
    nodes: { ...good.nodes, repair: (name) => Effect.ignore(good.nodes.repair(name)) }
  })),
  brokenClusters(
    "never ends what was leased",
    ["a leased cluster keeps its lease, and its machines end by themselves when nobody renews it"],
    (good) => {
      const leases = new Map<string, number>()
      return {
        createCluster: ({ leaseMs, ...spec }) => {
          if (leaseMs !== undefined) leases.set(spec.name, leaseMs)
          return good.createCluster(spec)
        },
        getCluster: (name) =>
          Effect.map(good.getCluster(name), (cluster) => {
            const leaseMs = leases.get(name)
            return leaseMs === undefined ? cluster : { ...cluster, spec: { ...cluster.spec, leaseMs } }
          })
      }
    }
  ),
  brokenClusters(
    "tells a second watch only what is new",
    ["watchCluster that is opened anew, be it the same stream, begins with all that is there by then"],
    (good) => {
      const told = new Set<string>()
      return {
        watchCluster: (name) =>
          Stream.filter(good.watchCluster(name), (event) => {
            if (event.type !== "NodeAdded") return true
            const isNews = !told.has(event.node.id)
            told.add(event.node.id)
            return isNews
          })
      }
    }
  ),
  withGap(
    brokenClusters("does what it says it cannot", ["clusters: scaleToZero is refused and changes nothing"], () => ({}))
  ),
  withGap(
    brokenClusters("refuses with a side effect", ["clusters: scaleToZero is refused and changes nothing"], (good) => ({
      createCluster: (spec) =>
        spec.nodePools.every(({ minSize }) => minSize > 0)
          ? good.createCluster(spec)
          : Effect.andThen(
              good.createCluster(spec),
              Effect.fail(
                because(
                  new Unsupported({
                    backend: "memory",
                    operation: "createCluster",
                    feature: "scaleToZero",
                    why: "said"
                  })
                )
              )
            )
    }))
  )
]
