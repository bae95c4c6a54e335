import { pathOf } from "../../fidelity/kube/ApiServer.ts"
import { RealScheduler } from "../../fidelity/kube/RealScheduler.ts"
import { nodeManifest, type PodKind, podManifest } from "./cluster.ts"

const inParallel = async (count: number, workers: number, work: (index: number) => Promise<unknown>): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: workers }, worker))
}

/** Pods that the real scheduler and its API server place in a second, from the first creation to the last binding. */
export const timeReal = async (nodeCount: number, podCount: number, kind: PodKind): Promise<number> => {
  const real = await RealScheduler.start({ isTraced: false })
  try {
    await inParallel(nodeCount, 16, (index) => real.api.call("POST", pathOf("Node"), nodeManifest(index)))
    const startMs = performance.now()
    await inParallel(podCount, 16, (index) => real.api.call("POST", pathOf("Pod"), podManifest(index, kind)))
    const isBound = (): boolean =>
      [...real.pods.values()].filter((pod) => pod.spec.nodeName !== undefined).length >= podCount
    await real.until(() => "some pods are not bound", isBound, 300_000)
    return Math.round((podCount / (performance.now() - startMs)) * 1000)
  } finally {
    await real.stop()
  }
}
