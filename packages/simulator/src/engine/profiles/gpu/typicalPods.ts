import type { GpuRequest } from "./GpuCluster.ts"

/** A class of pods that arrive often, and its share of the arrivals. */
export interface TypicalPod {
  readonly cpuMilli: number
  readonly gpuCount: number
  readonly gpuMilli: number
  readonly models: ReadonlyArray<string>
  readonly share: number
}

/** The most frequent classes that together make up `shareCovered` of the pods, most frequent first. Memory does not tell classes apart. */
export const typicalPods = (requests: ReadonlyArray<GpuRequest>, shareCovered = 0.95): ReadonlyArray<TypicalPod> => {
  const counts = new Map<string, { readonly request: GpuRequest; readonly spec: string; count: number }>()
  for (const request of requests) {
    const spec = request.models.join("|")
    const key = `${request.cpuMilli} ${request.gpuMilli} ${request.gpuCount} ${spec}`
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { request, spec, count: 1 })
    else known.count += 1
  }
  const sorted = [...counts.values()].toSorted(
    (a, b) =>
      b.count - a.count ||
      b.request.cpuMilli - a.request.cpuMilli ||
      b.request.gpuMilli - a.request.gpuMilli ||
      b.request.gpuCount - a.request.gpuCount ||
      (a.spec > b.spec ? -1 : 1)
  )
  let covered = 0
  const taken = sorted.filter(({ count }) => {
    const needed = covered < shareCovered * requests.length
    if (needed) covered += count
    return needed
  })
  const total = requests.length
  // Two divisions, as in the original: the published scores hang on the last bit of a share.
  const shareOf = (count: number) =>
    taken.length === sorted.length ? count / total : count / total / (covered / total)
  return taken.map(({ request, count }) => ({
    cpuMilli: request.cpuMilli,
    gpuCount: request.gpuCount,
    gpuMilli: request.gpuMilli,
    models: request.models,
    share: shareOf(count)
  }))
}
