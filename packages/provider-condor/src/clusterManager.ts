import { absent, because, ClusterManager, type ComputeError, type Feature, NotFound, Unsupported } from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import { Client } from "./Client.ts"
import { capabilities } from "./capabilities.ts"
import { toNodes } from "./nodes.ts"

const backend = "htcondor"

const refused = (operation: string, feature: Feature) => {
  const support = capabilities[feature]
  const why = (support._tag === "Absent" ? support : absent("not offered")) as { readonly why: string }
  return because(new Unsupported({ backend, operation, feature, why: why.why }))
}

/** The pool's machines, to look at: HTCondor makes none and a submitter may not drain any. */
export const clusterManager: Layer.Layer<ClusterManager, never, Client> = Layer.effect(
  ClusterManager,
  Effect.gen(function* () {
    const client = yield* Client
    const nodes = Effect.map(client.ads("status", []), toNodes)
    const get = (name: string): Effect.Effect<ReturnType<typeof toNodes>[number], ComputeError> =>
      Effect.flatMap(nodes, (all) => {
        const found = all.find((node) => node.name === name)
        return found === undefined
          ? Effect.fail(because(new NotFound({ backend, operation: "nodes.get", kind: "node", name })))
          : Effect.succeed(found)
      })
    return ClusterManager.of({
      backend,
      capabilities,
      plan: () => Effect.fail(refused("plan", "clusters")),
      createCluster: () => Effect.fail(refused("createCluster", "clusters")),
      updateCluster: () => Effect.fail(refused("updateCluster", "clusters")),
      scalePool: () => Effect.fail(refused("scalePool", "clusters")),
      configureUpdates: () => Effect.fail(refused("configureUpdates", "clusters")),
      deleteCluster: () => Effect.fail(refused("deleteCluster", "clusters")),
      getCluster: () => Effect.fail(refused("getCluster", "clusters")),
      listClusters: Stream.empty,
      watchCluster: () => Stream.fail(refused("watchCluster", "nodeEvents")),
      nodes: {
        list: (cluster) =>
          cluster === undefined ? Stream.fromIterableEffect(nodes) : Stream.fail(refused("nodes.list", "clusters")),
        get,
        cordon: () => Effect.fail(refused("nodes.cordon", "cordon")),
        uncordon: () => Effect.fail(refused("nodes.uncordon", "cordon")),
        drain: () => Effect.fail(refused("nodes.drain", "drain")),
        repair: () => Effect.fail(refused("nodes.repair", "clusters")),
        remove: () => Effect.fail(refused("nodes.remove", "clusters"))
      }
    })
  })
)
