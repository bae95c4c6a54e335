import { Effect } from "effect"
import type { HostedPod, Hosts } from "../../ports/Hosts.ts"
import type { ComputeError } from "../../service/ComputeError.ts"
import type { Store } from "./Store.ts"
import { seeHosts } from "./seeHosts.ts"

/** Rounds of passes between two sweeps: strays are rare. */
export const passesPerSweep = 30

const hasEnded = ({ state }: HostedPod): boolean => state === "succeeded" || state === "failed"

/** What to do with a pod that was begun late, by a request whose caller had long given up: nobody else would end it. */
const endStray = (hosts: Hosts["Service"], pod: HostedPod, isOwned: boolean): Effect.Effect<void, ComputeError> => {
  if (!hasEnded(pod)) return pod.state === "leaving" ? Effect.void : hosts.stop(pod, pod.spec.terminationGraceMs)
  // an ended pod of a job that is still there is the record of how it ended
  return isOwned ? Effect.void : hosts.remove(pod)
}

/**
 * Ends the pods that no document speaks for. Documents are read after the hosts, and written before their pods are begun,
 * so that a pod without one is wanted by nobody.
 */
export const sweepStrays = <A>(
  hosts: Hosts["Service"],
  kind: HostedPod["owner"]["kind"],
  store: Store<A>,
  isWanted: (document: A, pod: HostedPod) => boolean
): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const { pods } = yield* seeHosts(hosts)
    const documents = new Map((yield* store.list()).map(({ key, value }) => [key, value]))
    for (const pod of pods) {
      if (pod.owner.kind !== kind) continue
      const document = documents.get(`${kind}/${pod.namespace}/${pod.owner.name}`)
      if (document === undefined || !isWanted(document, pod)) yield* endStray(hosts, pod, document !== undefined)
    }
  })
