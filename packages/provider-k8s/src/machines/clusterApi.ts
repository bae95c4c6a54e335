import { pathOf } from "../objects/paths.ts"
import type { MachineMaker, MachinesConfig, Reference } from "./MachineMaker.ts"

const referenceOf = ({ group, kind, name }: Reference) => ({ apiGroup: group, kind, name })
const autoscaler = "cluster.x-k8s.io/cluster-api-autoscaler-node-group"
const count = (written: string): number | string => (written.endsWith("%") ? written : Number(written))

const placeOf = (namespace: string, plural: string) => (name?: string) =>
  pathOf("cluster.x-k8s.io/v1beta2", plural, { namespace, name })

/** Pools as MachineDeployments, which a cluster autoscaler may scale between the pool's bounds. */
export const clusterApi = ({
  bootstrap,
  cluster,
  infrastructure,
  namespace
}: Extract<MachinesConfig, { readonly by: "cluster-api" }>): MachineMaker => ({
  title: "Cluster API",
  kind: "MachineDeployment",
  path: placeOf(namespace, "machinedeployments"),
  machinePath: placeOf(namespace, "machines"),
  nodeOf: ({ status }) => status?.nodeRef?.name,
  problems: ({ nodePools }) =>
    nodePools.flatMap(({ spot, taints, zones }, index) => [
      ...(spot?.enabled === true
        ? [
            {
              path: `nodePools.${index}.spot`,
              message: "Cluster API has no word for spot machines",
              remedy: "name an infrastructure template of spot machines, and leave this out"
            }
          ]
        : []),
      ...(taints.length > 0
        ? [
            {
              path: `nodePools.${index}.taints`,
              message: "Cluster API gives machines their taints in the bootstrap template",
              remedy: "write them there, and leave them out here"
            }
          ]
        : []),
      ...(zones.length > 1
        ? [
            {
              path: `nodePools.${index}.zones`,
              message: "a MachineDeployment has one failure domain",
              remedy: "make one pool for each zone"
            }
          ]
        : [])
    ]),
  sizesItself: () => false,
  manifest: ({ annotations, labels, name, nodeLabels, pool, size, spec }) => ({
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "MachineDeployment",
    metadata: {
      name,
      namespace,
      labels,
      annotations: {
        ...annotations,
        [`${autoscaler}-min-size`]: String(pool.minSize),
        [`${autoscaler}-max-size`]: String(pool.maxSize)
      }
    },
    spec: {
      clusterName: cluster,
      replicas: size,
      selector: { matchLabels: nodeLabels },
      rollout: {
        strategy: {
          type: "RollingUpdate",
          rollingUpdate: { maxSurge: count(spec.update.maxSurge), maxUnavailable: count(spec.update.maxUnavailable) }
        }
      },
      template: {
        metadata: { labels: { ...pool.labels, ...nodeLabels } },
        spec: {
          clusterName: cluster,
          bootstrap: { configRef: referenceOf(bootstrap) },
          infrastructureRef: referenceOf(infrastructure),
          deletion: { nodeDrainTimeoutSeconds: Math.ceil(spec.update.drainTimeoutMs / 1000) },
          ...(pool.zones[0] === undefined ? {} : { failureDomain: pool.zones[0] })
        }
      }
    }
  })
})
