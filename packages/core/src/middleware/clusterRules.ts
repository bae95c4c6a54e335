import type { Feature, Limits } from "../model/Capability.ts"
import { ClusterSpec, type ClusterUpdate } from "../model/ClusterSpec.ts"
import { NodePool } from "../model/NodePool.ts"
import type { Problem } from "../model/Problem.ts"
import { Runtime } from "../model/Runtime.ts"
import { UpdatePolicy } from "../model/UpdatePolicy.ts"
import type { ClusterManager, NodeOperations } from "../service/ClusterManager.ts"
import { problemsOf } from "./problemsOf.ts"
import { above, notACount, type Rule, type Rules } from "./Rule.ts"
import { ThingName } from "./ThingName.ts"

const specProblems = problemsOf(ClusterSpec)
const poolProblems = problemsOf(NodePool)
const policyProblems = problemsOf(UpdatePolicy)
const runtimeProblems = problemsOf(Runtime)
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

const update = (name: string, { nodePools = [], runtime, update: policy }: ClusterUpdate): Rule => {
  const problems = [
    ...named(name),
    ...nodePools.flatMap((pool, index) => poolProblems(pool, `nodePools.${index}`)),
    ...(policy === undefined ? [] : policyProblems(policy, "update")),
    ...(runtime === undefined ? [] : runtimeProblems(runtime, "runtime"))
  ]
  if (problems.length > 0) return { problems: () => problems }
  return { needs: ["clusters", ...poolNeeds(nodePools)], problems: (limits) => poolLimits(nodePools, limits) }
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
  getCluster: () => ({}),
  watchCluster: () => ({ needs: ["nodeEvents"] })
}

/** What each operation on a node needs. */
export const nodeRules: Rules<NodeOperations> = {
  list: () => ({}),
  get: () => ({}),
  cordon: () => ({ needs: ["cordon"] }),
  uncordon: () => ({ needs: ["cordon"] }),
  drain: (_name, options) => ({ needs: ["drain"], problems: () => notACount(options?.deadlineMs ?? 0, "deadlineMs") }),
  repair: () => ({ needs: ["clusters"] }),
  remove: () => ({ needs: ["clusters"] })
}
