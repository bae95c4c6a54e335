import { Clock, Effect, Semaphore } from "effect"
import { grouped } from "../../model/grouped.ts"
import type { Node } from "../../model/Node.ts"
import { remembered } from "../../model/remembered.ts"
import type { HostedPod, Hosts } from "../../ports/Hosts.ts"
import type { ComputeError } from "../../service/ComputeError.ts"

type Port = Hosts["Service"]

/** The hosts and their pods as they were seen. */
export interface Look {
  readonly nodes: ReadonlyArray<Node>
  /** Hosts that answer and take work. */
  readonly open: ReadonlyArray<Node>
  readonly pods: ReadonlyArray<HostedPod>
  readonly nowMs: number
  readonly where: (node: string) => Whereabouts
  /** The pods of one deployment or job. */
  readonly podsOf: (
    kind: HostedPod["owner"]["kind"],
    owner: { name: string; namespace: string }
  ) => ReadonlyArray<HostedPod>
}

/** What can be said of the place a pod was given: its host answers, does not, or is no more. */
export type Whereabouts = "answers" | "silent" | "gone"

const noPods: ReadonlyArray<HostedPod> = []
const ownerKey = (kind: string, namespace: string, name: string): string => `${kind}/${namespace}/${name}`

const heardFrom = remembered((nodes: ReadonlyArray<Node>) =>
  remembered((silent: ReadonlyArray<string>): Pick<Look, "open" | "where"> => {
    const unheard = new Set([...silent, ...nodes.filter(({ state }) => state === "lost").map(({ name }) => name)])
    const there = new Set(nodes.filter(({ state }) => state !== "gone").map(({ name }) => name))
    return {
      where: (node) => (unheard.has(node) ? "silent" : there.has(node) ? "answers" : "gone"),
      open: nodes.filter(
        ({ name, reclaimAtMs, schedulable, state }) =>
          state === "ready" && schedulable && reclaimAtMs === undefined && !unheard.has(name)
      )
    }
  })
)

const groupsOf = remembered((pods: ReadonlyArray<HostedPod>) =>
  grouped(pods, ({ namespace, owner }) => ownerKey(owner.kind, namespace, owner.name))
)

/** Looks at all hosts. */
export const seeHosts = (hosts: Port): Effect.Effect<Look, ComputeError> =>
  Effect.gen(function* () {
    const nodes = yield* hosts.nodes
    const { pods, silent } = yield* hosts.pods
    const nowMs = yield* Clock.currentTimeMillis
    const { open, where } = heardFrom(nodes)(silent)
    const byOwner = groupsOf(pods)
    const podsOf: Look["podsOf"] = (kind, { name, namespace }) => byOwner.get(ownerKey(kind, namespace, name)) ?? noPods
    return { nodes, open, pods, nowMs, where, podsOf }
  })

/** Lets one pass at a time place pods on these hosts, be it of deployments or of jobs: two would fill the same gap. */
export const lockOf = remembered((_hosts: Port) => Semaphore.makeUnsafe(1))
