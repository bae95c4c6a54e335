import type { ComputeOptions, Manifest } from "./ComputeOptions.ts"
import { metadataOf, podTemplate, workersOf } from "./podTemplate.ts"

const startParams = {
  "dashboard-host": "0.0.0.0",
  port: "6379",
  "object-manager-port": "8076",
  "node-manager-port": "8077",
  "dashboard-port": "8265",
  "metrics-export-port": "8080"
}

/** A Ray cluster: a head that is one of the workers, and a group of the others. */
export const toRayCluster = (options: ComputeOptions): Manifest => {
  const others = workersOf(options) - 1
  const template = podTemplate(options)
  return {
    apiVersion: "ray.io/v1",
    kind: "RayCluster",
    metadata: metadataOf(options),
    spec: {
      rayVersion: "2.8.0",
      enableInTreeAutoscaling: false,
      headGroupSpec: { rayStartParams: startParams, template },
      workerGroupSpecs: [
        { groupName: "workers", replicas: others, minReplicas: 0, maxReplicas: others, rayStartParams: {}, template }
      ]
    }
  }
}
