import type { Pod } from "../../model/Snapshot.ts"
import type { Filter } from "./Filter.ts"

const portsOf = (pod: Pod): ReadonlyArray<string> =>
  pod.spec.containers.flatMap(({ ports }) => ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`))

/** Where pods listen on their node's own ports, each port has one pod. */
export const ports: Filter = ({ place, pod, policy }) => {
  if (!policy.nodePorts) return undefined
  const wanted = portsOf(pod)
  for (const other of place.pods) {
    const shared = portsOf(other).find((port) => wanted.includes(port))
    if (shared !== undefined) return { code: "port", why: `port ${shared} is taken by ${other.name}` }
  }
  return undefined
}
