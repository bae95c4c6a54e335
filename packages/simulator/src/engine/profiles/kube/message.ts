import { type Refusal, refusals } from "./reasons.ts"

const byBytes = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** How many nodes were refused for each reason, as the real scheduler says it. */
export const fitMessage = (nodeCount: number, refused: Iterable<Refusal>, absent: Refusal | undefined): string => {
  const counts = new Map<string, number>()
  let known = 0
  const count = (reason: string, nodes: number): void => {
    counts.set(reason, (counts.get(reason) ?? 0) + nodes)
  }
  for (const { reasons } of refused) {
    known++
    for (const reason of reasons) count(reason, 1)
  }
  if (known < nodeCount) for (const reason of absent?.reasons ?? []) count(reason, nodeCount - known)
  const sorted = [...counts].map(([reason, nodes]) => `${nodes} ${reason}`).sort(byBytes)
  return `0/${nodeCount} nodes are available:${sorted.length > 0 ? ` ${sorted.join(", ")}.` : ""}`
}

/** What preemption says when it finds nothing. */
export const preemptionMessage = (nodeCount: number, refused: ReadonlyMap<number, Refusal>): string =>
  `preemption: ${fitMessage(nodeCount, refused.values(), refusals.notHelpful)}`
