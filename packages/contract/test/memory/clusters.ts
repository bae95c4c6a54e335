import {
  type Capabilities,
  type Cluster,
  type ClusterEvent,
  ClusterManager,
  ClusterSpec,
  type Node,
  type NodePool,
  UpdatePolicy,
  unknownTypes
} from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import { at, checked, invalid, missing, paged, stepMs, watching } from "./world.ts"

interface Entry {
  spec: ClusterSpec
  readonly sizes: Map<string, number>
  nodes: ReadonlyArray<Node>
}

const nodeOf = (spec: ClusterSpec, poolName: string, serial: number, nowMs: number): Node => {
  const pool = spec.nodePools.find(({ name }) => name === poolName)
  return {
    name: `${spec.name}-${poolName}-${serial}`,
    id: `m${serial}`,
    cluster: spec.name,
    pool: poolName,
    state: "booting",
    schedulable: true,
    instanceType: pool?.instanceTypes[0] ?? "",
    zone: "a",
    market: pool?.spot?.enabled === true ? "spot" : "on-demand",
    labels: pool?.labels ?? {},
    taints: pool?.taints ?? [],
    capacity: { cpuMilli: 4_000, memoryBytes: 2 ** 33, gpuMilli: 0 },
    microUsdPerHour: 100_000,
    createdAtMs: nowMs
  }
}

/** All that this cloud rents. */
const offered = new Set(["m1"])

/** Fails with every instance type that is not offered. */
const allOffered = (pools: ReadonlyArray<NodePool>, operation: string) => {
  const problems = unknownTypes(pools, offered)
  return problems.length === 0 ? Effect.void : invalid(operation, problems)
}

/** An honest ClusterManager that keeps its machines in memory: small enough to be seen to be right. */
export const memoryClusters = (capabilities: Capabilities): Layer.Layer<ClusterManager> =>
  Layer.effect(
    ClusterManager,
    Effect.sync(() => {
      const entries = new Map<string, Entry>()
      let serial = 0

      const bySpec = (entry: Entry, nowMs: number): void => {
        entry.nodes = entry.spec.nodePools.flatMap((pool) => {
          const size = Math.min(pool.maxSize, Math.max(pool.minSize, entry.sizes.get(pool.name) ?? pool.minSize))
          const kept = entry.nodes.filter((node) => node.pool === pool.name).slice(0, size)
          const fresh = Array.from({ length: size - kept.length }, () => nodeOf(entry.spec, pool.name, serial++, nowMs))
          return [...kept, ...fresh]
        })
      }
      const seen = (entry: Entry, nowMs: number): ReadonlyArray<Node> => {
        const { leaseMs = Number.POSITIVE_INFINITY } = entry.spec
        entry.nodes = entry.nodes.filter(({ createdAtMs }) => nowMs - createdAtMs < leaseMs)
        return entry.nodes.map((node) => (nowMs - node.createdAtMs >= stepMs ? { ...node, state: "ready" } : node))
      }
      const clusterOf = (entry: Entry, nowMs: number): Cluster => {
        const nodes = seen(entry, nowMs)
        const state = nodes.every((node) => node.state === "ready") ? "ready" : "converging"
        return { name: entry.spec.name, spec: entry.spec, state, nodes }
      }
      const change = (operation: string, name: string, edit: (entry: Entry) => void) =>
        at((nowMs) => {
          const entry = entries.get(name)
          if (entry === undefined) return missing(operation, "cluster", name)
          edit(entry)
          bySpec(entry, nowMs)
          return Effect.succeed(clusterOf(entry, nowMs))
        })
      const allNodes = (nowMs: number, cluster?: string) =>
        [...entries.values()]
          .filter(({ spec }) => cluster === undefined || spec.name === cluster)
          .flatMap((entry) => seen(entry, nowMs))
      const changeNode = (operation: string, name: string, edit: (node: Node) => ReadonlyArray<Node>) =>
        Effect.suspend(() => {
          const entry = [...entries.values()].find(({ nodes }) => nodes.some((node) => node.name === name))
          if (entry === undefined) return missing(operation, "node", name)
          entry.nodes = entry.nodes.flatMap((node) => (node.name === name ? edit(node) : [node]))
          return Effect.void
        })
      const createCluster = (spec: ClusterSpec) =>
        Effect.gen(function* () {
          yield* checked(ClusterSpec, "createCluster")(spec)
          yield* allOffered(spec.nodePools, "createCluster")
          const entry = entries.get(spec.name) ?? { spec, sizes: new Map(), nodes: [] }
          entries.set(spec.name, entry)
          return yield* change("createCluster", spec.name, (known) => {
            known.spec = spec
          })
        })

      return ClusterManager.of({
        backend: "memory",
        capabilities,
        plan: (spec) =>
          Effect.sync(() => {
            const there = entries.get(spec.name)?.nodes.length ?? 0
            const wanted = spec.nodePools.reduce((sum, pool) => sum + pool.minSize, 0)
            const steps = Array.from({ length: Math.max(0, wanted - there) }, (_, index) => ({
              step: { type: "launch" as const, pool: spec.nodePools[0]?.name ?? "", machine: `new-${index}` },
              reason: "wanted",
              deltaMicroUsdPerHour: 100_000,
              disruption: "none" as const
            }))
            return { cluster: spec.name, steps, deltaMicroUsdPerHour: steps.length * 100_000, unmet: [] }
          }),
        createCluster,
        updateCluster: (name, update) =>
          Effect.andThen(
            allOffered(update.nodePools ?? [], "updateCluster"),
            change("updateCluster", name, (entry) => {
              entry.spec = { ...entry.spec, ...update }
            })
          ),
        scalePool: (name, pool, size) =>
          Effect.suspend(() => {
            const entry = entries.get(name)
            const known = entry?.spec.nodePools.find((candidate) => candidate.name === pool)
            if (entry === undefined || known === undefined) return missing("scalePool", "pool", `${name}/${pool}`)
            return size < known.minSize || size > known.maxSize
              ? invalid("scalePool", [{ path: "size", message: `must be ${known.minSize} to ${known.maxSize}` }])
              : change("scalePool", name, () => entry.sizes.set(pool, size))
          }),
        configureUpdates: (name, policy) =>
          Effect.flatMap(checked(UpdatePolicy, "configureUpdates")(policy), () =>
            Effect.asVoid(
              change("configureUpdates", name, (entry) => {
                entry.spec = { ...entry.spec, update: policy }
              })
            )
          ),
        deleteCluster: (name) => Effect.sync(() => void entries.delete(name)),
        getCluster: (name) => change("getCluster", name, () => undefined),
        listClusters: Stream.unwrap(
          at((nowMs) => Effect.sync(() => paged([...entries.values()].map((entry) => clusterOf(entry, nowMs)))))
        ),
        watchCluster: (name) =>
          watching<ReadonlyArray<Node>, ClusterEvent>([], (before, atMs) => {
            const now = allNodes(atMs, name)
            const added = now.filter(({ id }) => before.every((node) => node.id !== id))
            const ready = now.filter(
              (node) => node.state === "ready" && before.some(({ id, state }) => id === node.id && state !== "ready")
            )
            const removed = before.filter(({ id }) => now.every((node) => node.id !== id))
            const last = !entries.has(name)
            return {
              seen: now,
              last,
              news: [
                ...added.map((node) => ({ type: "NodeAdded" as const, atMs, node })),
                ...ready.map((node) => ({ type: "NodeReady" as const, atMs, node })),
                ...removed.map((node) => ({ type: "NodeRemoved" as const, atMs, node })),
                ...(last ? [{ type: "ClusterDeleted" as const, atMs, cluster: name }] : [])
              ]
            }
          }),
        nodes: {
          list: (cluster) => Stream.unwrap(at((nowMs) => Effect.sync(() => paged(allNodes(nowMs, cluster))))),
          get: (name) =>
            at((nowMs) => {
              const node = allNodes(nowMs).find((candidate) => candidate.name === name)
              return node === undefined ? missing("nodes.get", "node", name) : Effect.succeed(node)
            }),
          cordon: (name) => changeNode("nodes.cordon", name, (node) => [{ ...node, schedulable: false }]),
          uncordon: (name) => changeNode("nodes.uncordon", name, (node) => [{ ...node, schedulable: true }]),
          drain: (name) => changeNode("nodes.drain", name, (node) => [{ ...node, schedulable: false }]),
          repair: (name) => changeNode("nodes.repair", name, () => []),
          remove: (name) => changeNode("nodes.remove", name, () => [])
        }
      })
    })
  )
