import { Effect, Result } from "effect"
import type { Occupancy } from "../../decide/Occupancy.ts"
import { placeIn } from "../../decide/place.ts"
import { type RolloutDecision, rolloutPods } from "../../decide/rolloutPods.ts"
import type { DeploymentStatus } from "../../model/Deployment.ts"
import type { Pod } from "../../model/Snapshot.ts"
import type { HostedPod, Hosts, RunRequest } from "../../ports/Hosts.ts"
import type { ComputeError } from "../../service/ComputeError.ts"
import { podOf } from "../podOf.ts"
import { type DeploymentDocument, revisionHash } from "./DeploymentDocument.ts"
import type { Store, Versioned } from "./Store.ts"
import type { Look } from "./seeHosts.ts"

/** A deployment in the light of what the hosts show. */
export interface SeenDeployment {
  readonly document: DeploymentDocument
  /** Its pods, also those whose host is silent: they are unknown, not gone. */
  readonly pods: ReadonlyArray<Pod>
  readonly hosted: ReadonlyMap<string, HostedPod>
  /** Pods that were given a host which answers and does not have them: their start was cut off. */
  readonly unstarted: ReadonlyArray<string>
  /** Pods of the document that there is nothing left of. */
  readonly gone: ReadonlySet<string>
}

const requestOf = ({ spec: { name, namespace, template } }: DeploymentDocument, pod: string): RunRequest => ({
  name: pod,
  namespace,
  owner: { kind: "deployment", name },
  labels: template.labels,
  spec: template.spec
})

/** Matches a deployment's document with what the hosts show. */
export const seeDeployment = (document: DeploymentDocument, look: Look): SeenDeployment => {
  const own = look.podsOf("deployment", document.spec)
  const hosted = new Map(own.map((pod) => [pod.name, pod]))
  const pods = own.map(podOf)
  const unstarted: Array<string> = []
  const gone = new Set<string>()
  for (const [pod, { createdAtMs, leaving, node }] of Object.entries(document.pods)) {
    if (hosted.has(pod)) continue
    const where = look.where(node)
    if (where === "gone" || (where === "answers" && leaving)) gone.add(pod)
    else {
      if (where === "answers") unstarted.push(pod)
      const state = leaving ? "leaving" : where === "silent" ? "running" : "starting"
      pods.push({ ...requestOf(document, pod), node, state, createdAtMs })
    }
  }
  return { document, pods, hosted, unstarted, gone }
}

const decide = ({ document, pods }: SeenDeployment, nowMs: number): RolloutDecision =>
  rolloutPods({ deployment: document.spec, revisionHash: revisionHash(document), pods, nowMs })

/** What to say of a deployment: how far it is, and what holds it up. */
export const statusOf = (seen: SeenDeployment, look: Look): DeploymentStatus => {
  const { document, pods } = seen
  const prefix = `${document.spec.name}-${revisionHash(document)}-`
  const alive = pods.filter(({ state }) => state !== "succeeded" && state !== "failed" && state !== "leaving")
  const decision = decide(seen, look.nowMs)
  const failed = [...seen.hosted.values()].filter(({ state }) => state === "failed")
  const silent = alive.filter(({ node }) => node !== undefined && look.where(node) === "silent").length
  const message = [
    ...(silent > 0 ? [`${silent} pods are on hosts that do not answer`] : []),
    ...(decision.start.length > 0 ? [`${decision.start.length} pods wait for a place`] : []),
    ...failed.map(({ name, reason }) => `${name} failed${reason === undefined ? "" : `: ${reason}`}`)
  ].join("; ")
  return {
    spec: document.spec,
    revision: document.revision,
    replicas: {
      desired: document.spec.replicas,
      total: alive.length,
      updated: alive.filter(({ name }) => name.startsWith(prefix)).length,
      ready: alive.filter(
        ({ node, state }) => state === "ready" && (node === undefined || look.where(node) !== "silent")
      ).length
    },
    state: document.deleting ? "deleting" : decision.state,
    ...(message === "" ? {} : { message })
  }
}

/** Pods for which there is room, put into the occupancy so that the next ones see them. */
const assign = (document: DeploymentDocument, names: ReadonlyArray<string>, look: Look, occupancy: () => Occupancy) =>
  names.flatMap((name) => {
    const waiting: Pod = { ...requestOf(document, name), state: "waiting", createdAtMs: look.nowMs }
    const placement = placeIn(occupancy(), waiting)
    if (Result.isFailure(placement)) return []
    const { node } = placement.success
    occupancy().add({ ...waiting, node, state: "starting" }, node)
    return [[name, { node, createdAtMs: look.nowMs, leaving: false }] as const]
  })

/**
 * Brings one deployment a step closer to its goal. What is about to happen is written down first; a start or stop that
 * fails or is cut off is done again by the next pass, which sees that it is missing.
 */
export const reconcileDeployment = (
  { hosts, store }: { readonly hosts: Hosts["Service"]; readonly store: Store<DeploymentDocument> },
  stored: Versioned<DeploymentDocument>,
  look: Look,
  occupancy: () => Occupancy
): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const document = stored.value
    const seen = seeDeployment(document, look)
    const every = seen.pods.map(({ name }) => name)
    const { start, stop } = document.deleting ? { start: [], stop: every } : decide(seen, look.nowMs)
    if (document.deleting && every.length === 0) return yield* store.remove(stored.key)
    const hasEnded = (name: string) => ["succeeded", "failed"].includes(seen.hosted.get(name)?.state ?? "")
    const stopping = new Set(stop)
    const kept = Object.entries(document.pods)
      .filter(([name]) => !seen.gone.has(name) && !(stopping.has(name) && hasEnded(name)))
      .map(([name, place]) => [name, stopping.has(name) ? { ...place, leaving: true } : place] as const)
    const placed = assign(document, start, look, occupancy)
    yield* store.replace(stored, { ...document, pods: Object.fromEntries([...kept, ...placed]) })
    const grace = document.spec.template.spec.terminationGraceMs
    const end = (name: string) => {
      const pod = seen.hosted.get(name)
      if (pod === undefined || pod.state === "leaving") return Effect.void
      return hasEnded(name) ? hosts.remove(pod) : hosts.stop(pod, grace)
    }
    const begin = (name: string, node: string) => hosts.run(node, requestOf(document, name))
    const again = seen.unstarted.filter((name) => !stopping.has(name) && document.pods[name]?.leaving === false)
    yield* Effect.forEach(stop, (name) => Effect.ignore(end(name)), { discard: true })
    yield* Effect.forEach(placed, ([name, { node }]) => Effect.ignore(begin(name, node)), { discard: true })
    yield* Effect.forEach(again, (name) => Effect.ignore(begin(name, document.pods[name]?.node ?? "")), {
      discard: true
    })
  })
