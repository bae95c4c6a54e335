import { Effect, Stream } from "effect"
import { Client } from "../../../packages/provider-k8s/src/Client.ts"
import { list, type Page, pageSize } from "../../../packages/provider-k8s/src/objects/list.ts"
import { podsPath } from "../../../packages/provider-k8s/src/objects/paths.ts"
import type { WirePod } from "../../../packages/provider-k8s/src/objects/wire.ts"
import { type ControlPlane, create, heldBytes, onControlPlane, pod } from "../kube/controlPlane.ts"
import type { BenchResult } from "../main.ts"

const podCount = 20_000
const goal = 1.2
const call = { operation: "bench", kind: "pod", name: "", path: podsPath(undefined) }

/** What is held while one page is: the least that any reader of pages needs. */
const onePage = async ({ client }: ControlPlane): Promise<number> => {
  const idle = await heldBytes()
  const page = await Effect.runPromise(client.request<Page<WirePod>>({ ...call, query: { limit: pageSize } }))
  const held = (await heldBytes()) - idle
  if (page.items.length !== pageSize) throw new Error(`a page of ${page.items.length} pods`)
  return held
}

/** The most that is held at any time while all pods are read, looked at in the middle of every page. */
const whole = async ({ client }: ControlPlane) => {
  const idle = await heldBytes()
  let peak = 0
  let seen = 0
  const beganMs = performance.now()
  await list<WirePod>(call).pipe(
    Stream.runForEach(() =>
      ++seen % pageSize === pageSize / 2
        ? Effect.promise(async () => {
            peak = Math.max(peak, (await heldBytes()) - idle)
          })
        : Effect.void
    ),
    Effect.provideService(Client, client),
    Effect.runPromise
  )
  return { peak, seen, ms: performance.now() - beganMs }
}

/** The most memory held while 20,000 pods are read in pages, beside that of one page. */
export const run = (): Promise<BenchResult> =>
  onControlPlane(async (plane) => {
    await plane.all(podCount, (index) => create(plane.client, "/api/v1/namespaces/default/pods", pod(`p${index}`)))
    await onePage(plane)
    const page = await onePage(plane)
    const { ms, peak, seen } = await whole(plane)
    if (seen !== podCount) throw new Error(`${seen} pods of ${podCount} were listed`)
    return {
      value: peak / page,
      unit: `times the memory of one page, over ${seen} pods`,
      against: `at most ${goal} times one page of ${pageSize} pods`,
      ratio: goal / (peak / page),
      curve: [{ pageKib: Math.round(page / 1024), peakKib: Math.round(peak / 1024), ms: Math.round(ms) }]
    }
  })
