import type { GroupSpec, Scenario } from "../life/Scenario.ts"
import { type BookedNode, type BookedPod, type BookedWorkload, type Books, belongs, isAlone } from "./Books.ts"

/** What may have been wrong must be right again so long after the last disturbance: three backoffs of a node group and its boots. */
export const settleMs = 3 * 3_600_000
/** A pod may wait or be on its way for so long, whatever happens. */
const patienceMs = 3_600_000
/** A controller may take so long from a change to what it does about it. */
const stepMs = 60_000

/** When the last workload came or the last fault ended. */
export const lastDisturbanceMs = ({ faults, workloads }: Pick<Scenario, "faults" | "workloads">): number =>
  Math.max(
    0,
    ...workloads.map(({ arriveMs }) => arriveMs),
    ...faults.map((fault) => fault.atMs + ("durationMs" in fault ? fault.durationMs : 0))
  )

/** Everything that should have happened by the end and did not. Nothing where the end comes too soon to tell. */
export const stalled = (books: Books, scenario: Scenario): ReadonlyArray<string> => {
  if (scenario.endMs - lastDisturbanceMs(scenario) < settleMs) return []
  const isOld = ({ sinceMs }: BookedPod): boolean => scenario.endMs - sinceMs > patienceMs
  const pods = [...books.pods.values()].filter(isOld).flatMap((pod) => {
    if (pod.state === "running") return []
    if (pod.state !== "queued") return [`pod ${pod.id} has been ${pod.state} since ${pod.sinceMs}`]
    // A daemon's pod is for one node, which events do not name; `shortOf` looks from the nodes.
    if (pod.workload.spec.kind === "daemon") return []
    const room = roomFor(pod, books, scenario)
    return room === undefined ? [] : [`pod ${pod.id} waits since ${pod.sinceMs}, though ${room}`]
  })
  return [...pods, ...[...books.workloads.values()].flatMap((workload) => shortOf(workload, books, scenario))]
}

/** Who would take the waiting pod. */
const roomFor = (pod: BookedPod, books: Books, scenario: Scenario): string | undefined => {
  for (const node of books.nodes.values())
    if (node.state === "ready" && !isBeingCleared(node) && fits(pod.workload, node, books))
      return `node ${node.id} has room`
  if (scenario.autoscaler === null || pod.workload.spec.priority < -10) return undefined
  for (const group of books.groups.values())
    if (books.sizeOf(group) < group.max && fits(pod.workload, newNode(group, books), books))
      return `group ${group.name} could grow`
  return undefined
}

/** Pods that leave a node may leave it for one that waits, and the room is kept for that. */
const isBeingCleared = ({ pods }: BookedNode): boolean => [...pods].some(({ state }) => state === "leaving")

const fits = (workload: BookedWorkload, node: BookedNode, books: Books): boolean => {
  const { cpuMilli, gpuMilli, memoryMib } = books.taken(node)
  const { spec } = workload
  const { gpuShareMilli, gpus } = node.group
  const gpuMilliUsable = gpus * (1_000 - (1_000 % gpuShareMilli))
  return (
    belongs(spec, node.group) &&
    !(isAlone(spec) && [...node.pods].some((pod) => pod.workload === workload)) &&
    cpuMilli + spec.cpuMilli <= node.group.cpuMilli &&
    memoryMib + spec.memoryMib <= node.group.memoryMib &&
    gpuMilli + spec.gpuMilli <= gpuMilliUsable &&
    node.pods.size < node.group.podsMax
  )
}

/** A node as the group would add it, with nothing on it but a pod of each daemon. */
const newNode = (group: GroupSpec, books: Books): BookedNode => {
  const daemons = [...books.workloads.values()].filter(({ spec }) => spec.kind === "daemon" && belongs(spec, group))
  const pods = daemons.map((workload) => ({ id: -1, workload, state: "running" as const, sinceMs: 0, node: undefined }))
  const since = { requestedMs: 0, readyMs: 0 }
  return { id: -1, group, ...since, state: "ready", isSilent: false, pods: new Set(pods), gpus: new Map() }
}

/** Nodes that have long been up, have room, and have no pod of the daemon. */
const unserved = (daemon: BookedWorkload, books: Books, endMs: number): ReadonlyArray<string> =>
  [...books.nodes.values()].flatMap((node) =>
    node.state === "ready" && endMs - node.readyMs > patienceMs && !isBeingCleared(node) && fits(daemon, node, books)
      ? [`node ${node.id} has no pod of ${daemon.spec.name}`]
      : []
  )

/** Whether a workload's controller let it have fewer pods than it wants, though its namespace has room. */
const shortOf = (workload: BookedWorkload, books: Books, { endMs, quotas }: Scenario): ReadonlyArray<string> => {
  const { isOver, pods, replicas, spec, succeeded } = workload
  if (spec.arriveMs + patienceMs > endMs) return []
  const quota = quotas.find(({ namespace }) => namespace === spec.namespace)
  if (quota !== undefined) {
    const others = books.podsOf(spec.namespace)
    const cpuMilli = others.reduce((sum, pod) => sum + pod.workload.spec.cpuMilli, 0)
    const hasJustFreed = endMs - (books.freedMs.get(spec.namespace) ?? 0) < stepMs
    if (hasJustFreed || others.length + 1 > quota.podsMax || cpuMilli + spec.cpuMilli > quota.cpuMilliMax) return []
  }
  if (spec.kind === "daemon") return unserved(workload, books, endMs)
  const wanted =
    spec.kind === "deployment" ? replicas : isOver ? 0 : Math.min(spec.parallelism, spec.completions - succeeded)
  // Pods come and go until the end: a controller may be one step behind, but not more.
  const recent = [...pods].some(({ sinceMs }) => endMs - sinceMs < stepMs)
  const isShort = recent ? pods.size === 0 && wanted > 0 : pods.size < wanted
  const isEndless = spec.kind === "job" && !isOver && wanted === 0
  return isShort || isEndless ? [`workload ${spec.name} has ${pods.size} of ${wanted} pods`] : []
}
