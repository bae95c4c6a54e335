import { place, type Refusal } from "@orrery/core"
import { Effect, Result, Stream } from "effect"
import { listNodes } from "../nodes/nodes.ts"
import { list } from "../objects/list.ts"
import { podsPath } from "../objects/paths.ts"
import type { WirePod } from "../objects/wire.ts"
import { fromPod } from "../translate/pod.ts"

/** What the scheduler said of a pod that it could not place. */
export const refusedBecause = ({ status }: WirePod): string | undefined =>
  status?.conditions?.find(({ status: holds, type }) => type === "PodScheduled" && holds === "False")?.message

/** One reason per node, by our own placement: the scheduler tells only how many nodes had which. */
export const refusalsOf = Effect.fnUntraced(function* (operation: string, waiting: WirePod) {
  const nodes = yield* Stream.runCollect(listNodes(undefined, operation))
  const all = yield* Stream.runCollect(list<WirePod>({ operation, kind: "pod", name: "", path: podsPath(undefined) }))
  const pods = all.map(fromPod).filter(({ node }) => node !== undefined)
  const placed = place({ pod: fromPod(waiting), nodes, pods })
  const refusals: ReadonlyArray<Refusal> = Result.isFailure(placed) ? placed.failure : placed.success.refusals
  return refusals
})

/** So many nodes are named in a sentence; there may be thousands. */
const namedMax = 3

/** The reasons in one sentence. */
export const sayRefusals = (refusals: ReadonlyArray<Refusal>): string => {
  const named = refusals.slice(0, namedMax).map(({ candidate, why }) => `${candidate}: ${why}`)
  const rest = refusals.length - named.length
  return [...named, ...(rest > 0 ? [`${rest} more nodes`] : [])].join("; ")
}
