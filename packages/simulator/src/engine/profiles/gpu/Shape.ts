import { GPU_MILLI, type GpuCluster, type GpuRequest } from "./GpuCluster.ts"

/** Requests that are equal but for memory: they score equally on every node, so they are scored once. */
export interface Shape {
  readonly index: number
  readonly cpuMilli: number
  readonly gpuCount: number
  readonly gpuMilli: number
  /** One GPU, and not all of it. */
  readonly shared: boolean
  /** By model index: 1 where the model will do. */
  readonly accepts: Uint8Array
  /** The group that GpuClustering keeps together: "share-gpu", or the number of GPUs. */
  readonly tag: string
}

/** The distinct shapes of a list of requests, and which one each request has. */
export const shapesOf = (
  cluster: GpuCluster,
  requests: ReadonlyArray<GpuRequest>
): { readonly shapes: ReadonlyArray<Shape>; readonly shapeOf: ReadonlyArray<Shape> } => {
  const byKey = new Map<string, Shape>()
  const shapeOf = requests.map((request) => {
    const key = `${request.cpuMilli} ${request.gpuCount} ${request.gpuMilli} ${request.models.join("|")}`
    const known = byKey.get(key)
    if (known !== undefined) return known
    const { cpuMilli, gpuCount, gpuMilli, models } = request
    const shared = gpuCount === 1 && gpuMilli < GPU_MILLI
    const shape: Shape = {
      index: byKey.size,
      cpuMilli,
      gpuCount,
      gpuMilli,
      shared,
      accepts: Uint8Array.from(cluster.models, (model) => (accepts(request, models, model) ? 1 : 0)),
      tag: gpuCount === 0 ? "" : shared ? "share-gpu" : `${gpuCount}-gpu`
    }
    byKey.set(key, shape)
    return shape
  })
  return { shapes: [...byKey.values()], shapeOf }
}

const accepts = (request: GpuRequest, models: ReadonlyArray<string>, model: string): boolean =>
  request.gpuCount === 0 || models.length === 0 || models.includes(model)

/** Whether a node has the CPU, the model and the GPUs of a shape; memory is looked at apart. */
export const fits = (cluster: GpuCluster, shape: Shape, node: number): boolean => {
  if ((cluster.cpuMilliFree[node] as number) < shape.cpuMilli) return false
  if (shape.gpuCount === 0) return true
  if (shape.accepts[cluster.model[node] as number] === 0) return false
  return cluster.gpusWith(node, shape.gpuMilli) >= shape.gpuCount
}
