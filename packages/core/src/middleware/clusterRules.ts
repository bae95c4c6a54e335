import type { Feature, Limits } from "../model/Capability.ts"
import { ClusterSpec, type ClusterUpdate } from "../model/ClusterSpec.ts"
import type { NodePool } from "../model/NodePool.ts"
import type { Problem } from "../model/Problem.ts"
import { UpdatePolicy } from "../model/UpdatePolicy.ts"
import type { ClusterManager, NodeOperations } from "../service/ClusterManager.ts"
import { ClusterUpdateShape, DrainOptionsShape, OptionalName } from "./argumentShapes.ts"
import { problemsOf } from "./problemsOf.ts"
import { above, notACount, type Rule, type Rules } from "./Rule.ts"
import { ThingName } from "./ThingName.ts"

const specProblems = problemsOf(ClusterSpec)
const updateProblems = problemsOf(ClusterUpdateShape)
const policyProblems = problemsOf(UpdatePolicy)
const drainProblems = problemsOf(DrainOptionsShape)
const clusterProblems = problemsOf(OptionalName)
const nameProblems = problemsOf(ThingName)

const poolNeeds = (pools: ReadonlyArray<NodePool>): ReadonlyArray<Feature> => [
  ...(pools.length > 1 ? (["nodePools"] as const) : []),
  ...(pools.some(({ spot }) => spot?.enabled === true) ? (["spot"] as const) : []),
  ...(pools.some(({ minSize }) => minSize === 0) ? (["scaleToZero"] as const) : [])
]
const poolLimits = (pools: ReadonlyArray<NodePool>, { nodesPerPoolMax }: Limits): ReadonlyArray<Problem> =>
  pools.flatMap(({ maxSize }, index) => above(maxSize, nodesPerPoolMax, `nodePools.${index}.maxSize`, "nodes a pool"))

const named = (name: string): ReadonlyArray<Problem> => nameProblems(name, "name")

const create = (spec: ClusterSpec): Rule => {
  const problems = specProblems(spec)
  if (problems.length > 0) return { problems: () => problems }
  return {
    needs: ["clusters", ...poolNeeds(spec.nodePools), ...(spec.leaseMs === undefined ? [] : (["leases"] as const))],
    problems: (limits) => [
      ...above(spec.name.length, limits.nameLengthMax, "name", "characters"),
      ...poolLimits(spec.nodePools, limits)
    ]
  }
}

const update = (name: string, change: ClusterUpdate): Rule => {
  const problems = [...named(name), ...updateProblems(change, "update")]
  if (problems.length > 0) return { problems: () => problems }
  const pools = change.nodePools ?? []
  return { needs: ["clusters", ...poolNeeds(pools)], problems: (limits) => poolLimits(pools, limits) }
}

/** What each method of a cluster manager needs. */
export const clusterRules: Rules<ClusterManager["Service"]> = {
  plan: create,
  createCluster: create,
  updateCluster: update,
  scalePool: (name, pool, size) => ({
    needs: size === 0 ? ["clusters", "scaleToZero"] : ["clusters"],
    problems: ({ nodesPerPoolMax }) => [
      ...named(name),
      ...nameProblems(pool, "pool"),
      ...notACount(size, "size"),
      ...above(size, nodesPerPoolMax, "size", "nodes a pool")
    ]
  }),
  configureUpdates: (name, policy) => ({
    needs: ["clusters"],
    problems: () => [...named(name), ...policyProblems(policy, "policy")]
  }),
  deleteCluster: (name) => ({ needs: ["clusters"], problems: () => named(name) }),
  // Reading is never refused: a backend that makes no clusters may well have one to show.
  getCluster: (name) => ({ problems: () => named(name) }),
  watchCluster: (name) => ({ needs: ["nodeEvents"], problems: () => named(name) })
}

/** What each operation on a node needs. */
export const nodeRules: Rules<NodeOperations> = {
  list: (cluster) => ({ problems: () => clusterProblems(cluster, "cluster") }),
  get: (name) => ({ problems: () => named(name) }),
  cordon: (name) => ({ needs: ["cordon"], problems: () => named(name) }),
  uncordon: (name) => ({ needs: ["cordon"], problems: () => named(name) }),
  drain: (name, options) => ({
    needs: ["drain"],
    problems: () => [...named(name), ...drainProblems(options, "options")]
  }),
  repair: (name) => ({ needs: ["clusters"], problems: () => named(name) }),
  remove: (name) => ({ needs: ["clusters"], problems: () => named(name) })
}
