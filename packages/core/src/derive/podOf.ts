import { remembered } from "../model/remembered.ts"
import type { Pod } from "../model/Snapshot.ts"
import type { HostedPod } from "../ports/Hosts.ts"

/** A pod on a host as decisions see it. */
export const podOf: (pod: HostedPod) => Pod = remembered(
  ({ createdAtMs, labels, name, namespace, node, owner, spec, state }) => ({
    name,
    namespace,
    labels,
    spec,
    node,
    state: state === "pulling" ? "starting" : state,
    owner,
    createdAtMs
  })
)
