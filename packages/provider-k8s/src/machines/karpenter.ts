import type { NodePool } from "@orrery/core"
import { pathOf } from "../objects/paths.ts"
import type { MachineMaker, MachinesConfig } from "./MachineMaker.ts"

const requirement = (key: string, values: ReadonlyArray<string>) =>
  values.length === 0 ? [] : [{ key, operator: "In", values }]

const placeOf = (plural: string) => (name?: string) => pathOf("karpenter.sh/v1", plural, { name })

const isFixed = ({ maxSize, minSize }: NodePool): boolean => minSize === maxSize

/** Pools as NodePools: a fixed one keeps its replicas, any other grows with the pods that wait, up to its limit. */
export const karpenter = ({ nodeClass }: Extract<MachinesConfig, { readonly by: "karpenter" }>): MachineMaker => ({
  title: "Karpenter",
  kind: "NodePool",
  path: placeOf("nodepools"),
  machinePath: placeOf("nodeclaims"),
  nodeOf: ({ status }) => status?.nodeName,
  problems: ({ nodePools }) =>
    nodePools.flatMap((pool, index) =>
      isFixed(pool) || pool.minSize === 0
        ? []
        : [
            {
              path: `nodePools.${index}.minSize`,
              message: "Karpenter keeps no minimum in a pool that grows",
              remedy: "set min_size to 0, or to max_size for a pool that stays as it is"
            }
          ]
    ),
  sizesItself: (pool) => !isFixed(pool),
  manifest: ({ annotations, labels, name, nodeLabels, pool, size, spec }) => ({
    apiVersion: "karpenter.sh/v1",
    kind: "NodePool",
    metadata: { name, labels, annotations },
    spec: {
      ...(isFixed(pool) ? { replicas: size } : {}),
      limits: { nodes: String(pool.maxSize) },
      disruption: { consolidateAfter: "30s", budgets: [{ nodes: spec.update.maxUnavailable }] },
      template: {
        metadata: { labels: { ...pool.labels, ...nodeLabels } },
        spec: {
          nodeClassRef: nodeClass,
          requirements: [
            ...requirement("node.kubernetes.io/instance-type", pool.instanceTypes),
            ...requirement("topology.kubernetes.io/zone", pool.zones),
            ...requirement("karpenter.sh/capacity-type", [pool.spot?.enabled === true ? "spot" : "on-demand"])
          ],
          ...(pool.taints.length === 0 ? {} : { taints: pool.taints }),
          terminationGracePeriod: `${Math.ceil(spec.update.drainTimeoutMs / 1000)}s`
        }
      }
    }
  })
})
