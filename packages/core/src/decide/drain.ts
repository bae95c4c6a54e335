import type { DisruptionBudget } from "../model/Budget.ts"
import type { Node } from "../model/Node.ts"
import { selects } from "../model/Requirement.ts"
import type { Pod } from "../model/Snapshot.ts"
import { type Taint, tolerates } from "../model/Taint.ts"
import { countOf, type UpdatePolicy } from "../model/UpdatePolicy.ts"
import { occupies } from "./Occupancy.ts"

/** A node that is to be emptied, and all pods of the cluster: budgets count them wherever they are. */
export interface DrainInput {
  readonly node: Node
  readonly pods: ReadonlyArray<Pod>
  readonly budgets: ReadonlyArray<DisruptionBudget>
  readonly policy: Pick<UpdatePolicy, "drainTimeoutMs" | "podEvictionTimeoutMs">
  readonly startedAtMs: number
  readonly nowMs: number
}

/** Which pods to ask to leave now, and which hold the drain up. */
export interface DrainDecision {
  readonly evict: ReadonlyArray<Pod>
  readonly wait: ReadonlyArray<{
    readonly pod: Pod
    readonly code: "leaving" | "ownerless" | "budget" | "timeout"
    readonly why: string
  }>
  readonly state: "draining" | "done" | "timedOut"
}

const cordon: Taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }

/** A pod without an owner that even tolerates a cordon belongs to its node, and goes with it. */
const belongsToNode = ({ owner, spec }: Pod): boolean =>
  owner === undefined && spec.tolerations.some((toleration) => tolerates(toleration, cordon))

/** How long a pod may take to leave: what it asks for, within what the policy allows. */
export const graceOf = (pod: Pod, policy: Pick<UpdatePolicy, "podEvictionTimeoutMs">): number =>
  Math.min(pod.spec.terminationGraceMs, policy.podEvictionTimeoutMs)

/** How many ready pods of a budget may still go; shares round up, as Kubernetes does. */
const spareOf = (budget: DisruptionBudget, pods: ReadonlyArray<Pod>): number => {
  const counted = pods.filter((pod) => covers(budget, pod) && pod.state !== "succeeded" && pod.state !== "failed")
  const ready = counted.filter(({ state }) => state === "ready").length
  const least =
    budget.minAvailable === undefined
      ? counted.length - countOf(budget.maxUnavailable ?? "0", counted.length, "up")
      : countOf(budget.minAvailable, counted.length, "up")
  return ready - least
}

const covers = ({ namespace, selector }: DisruptionBudget, pod: Pod): boolean =>
  namespace === pod.namespace && selects(selector, pod.labels)

/**
 * What to do next to empty a node. Pods leave in the order of their names, as many at once as their budgets allow; a pod
 * that is not ready serves nobody and may always go; one that nobody would start again stays until a person decides.
 */
export const drain = ({ budgets, node, nowMs, pods, policy, startedAtMs }: DrainInput): DrainDecision => {
  const left = pods
    .filter((pod) => pod.node === node.name && occupies(pod) && !belongsToNode(pod))
    .toSorted((a, b) => (a.namespace === b.namespace ? (a.name < b.name ? -1 : 1) : a.namespace < b.namespace ? -1 : 1))
  if (left.length === 0) return { evict: [], wait: [], state: "done" }
  if (nowMs - startedAtMs >= policy.drainTimeoutMs) {
    const why = `still there after ${Math.round((nowMs - startedAtMs) / 1000)} s`
    return { evict: [], wait: left.map((pod) => ({ pod, code: "timeout", why })), state: "timedOut" }
  }
  const spare = new Map(budgets.map((budget) => [budget, spareOf(budget, pods)]))
  const evict: Array<Pod> = []
  const wait: Array<DrainDecision["wait"][number]> = []
  for (const pod of left) {
    const spent = pod.state === "ready" ? budgets.filter((budget) => covers(budget, pod)) : []
    const exhausted = spent.find((budget) => (spare.get(budget) ?? 0) <= 0)
    if (pod.state === "leaving") wait.push({ pod, code: "leaving", why: "is on its way out" })
    else if (pod.owner === undefined)
      wait.push({ pod, code: "ownerless", why: "has no owner that would start it again" })
    else if (exhausted !== undefined)
      wait.push({ pod, code: "budget", why: `budget ${exhausted.name} allows no more pods to be missing` })
    else {
      evict.push(pod)
      for (const budget of spent) spare.set(budget, (spare.get(budget) ?? 0) - 1)
    }
  }
  return { evict, wait, state: "draining" }
}
