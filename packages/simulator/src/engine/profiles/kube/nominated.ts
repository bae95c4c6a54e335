import type { ClassView } from "./ClassView.ts"
import type { KubePod } from "./model.ts"
import type { Refusal } from "./reasons.ts"
import { Trial } from "./Trial.ts"
import type { World } from "./world.ts"

/** Why a node refuses a pod: as it is, or once those come that wait for room there and are no less important. */
export const refusalOf = (world: World, view: ClassView, node: number): Refusal | undefined => {
  if (world.nominations.isEmpty) return view.refusal(node)
  const coming = world.nominations
    .to(world.nodes[node]?.name ?? "")
    .filter((pod) => (world.pods[pod] as KubePod).class.priority >= view.podClass.priority)
  if (coming.length === 0) return view.refusal(node)
  const trial = new Trial(world, view, node)
  for (const pod of coming) trial.shift(pod, 1)
  const refusal = view.refusal(node)
  trial.end()
  return refusal ?? view.refusal(node)
}

/** Whether pods on a node are leaving already to make room for a pod so important. */
export const isBeingCleared = (world: World, node: number, priority: number): boolean =>
  (world.podsOn[node] ?? []).some((id) => {
    const pod = world.pods[id] as KubePod
    return pod.isPreempted === true && pod.class.priority < priority
  })
