import type { ClusterManager } from "@orrery/core"
import { Effect } from "effect"
import * as fc from "fast-check"
import { nodesOf, readyWith } from "../clusters/looks.ts"
import { eventually } from "../eventually.ts"
import type { Given } from "../Rule.ts"
import { clusterOf } from "../specs.ts"
import type { Model } from "./Model.ts"

type ClusterCommand =
  | { readonly do: "create"; readonly cluster: number }
  | { readonly do: "delete"; readonly cluster: number }
  | { readonly do: "scale"; readonly cluster: number; readonly size: number }

/** The wanted size of each cluster's one pool. */
type Sizes = ReadonlyMap<number, number>

const names = (given: Given, cluster: number): string => given.name(`m${cluster}`)
const clusters = [0, 1]
const cluster = fc.constantFrom(...clusters)

/** Clusters of one pool of one to four nodes. */
export const clusterModel: Model<ClusterCommand, Sizes, ClusterManager["Service"]> = {
  commands: fc.oneof(
    fc.record({ do: fc.constant("create" as const), cluster }),
    fc.record({ do: fc.constant("delete" as const), cluster }),
    fc.record({ do: fc.constant("scale" as const), cluster, size: fc.integer({ min: 0, max: 5 }) })
  ),
  initial: new Map(),
  print: (command) =>
    command.do === "scale"
      ? `clusters.scalePool("m${command.cluster}", "main", ${command.size})`
      : command.do === "create"
        ? `clusters.createCluster(clusterOf(given, "m${command.cluster}"))`
        : `clusters.deleteCluster("m${command.cluster}")`,
  next: (sizes, command) => {
    const size = sizes.get(command.cluster)
    const others = [...sizes].filter(([key]) => key !== command.cluster)
    if (command.do === "create") return { allowed: ["done"], state: new Map([...others, [command.cluster, size ?? 1]]) }
    if (command.do !== "scale") return { allowed: ["done"], state: new Map(others) }
    const isBad = command.size < 1 || command.size > 4
    if (size === undefined) return { allowed: isBad ? ["NotFound", "InvalidInput"] : ["NotFound"], state: sizes }
    return isBad
      ? { allowed: ["InvalidInput"], state: sizes }
      : { allowed: ["done"], state: new Map([...others, [command.cluster, command.size]]) }
  },
  call: (api, given, command) => {
    const name = names(given, command.cluster)
    if (command.do === "scale") return api.scalePool(name, "main", command.size)
    return command.do === "create" ? api.createCluster(clusterOf(given, name)) : api.deleteCluster(name)
  },
  settle: (api, given, sizes) =>
    Effect.gen(function* () {
      for (const key of clusters) {
        const name = names(given, key)
        const size = sizes.get(key)
        if (size !== undefined) yield* readyWith(api, given, name, size)
        yield* eventually(given.pace, {
          look: nodesOf(api, name),
          until: (nodes) => nodes.length === (size ?? 0),
          what: `${name} has ${size ?? 0} nodes`
        })
      }
      return sizes
    })
}
