import type { Labels } from "../model/Labels.ts"
import type { Node } from "../model/Node.ts"
import { remembered } from "../model/remembered.ts"

/** A node's labels with those every node has by Kubernetes' convention; its own win. */
export const nodeLabels: (node: Node) => Labels = remembered((node) => ({
  "kubernetes.io/hostname": node.name,
  "node.kubernetes.io/instance-type": node.instanceType,
  "topology.kubernetes.io/zone": node.zone,
  ...node.labels
}))
