import {
  type Capabilities,
  ContainerManager,
  Deployment,
  type DeploymentEvent,
  type DeploymentStatus,
  type InNamespace,
  listedIn,
  type Pod,
  type Ref,
  type Revision,
  usualNamespace,
  within
} from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import { outcomeOf } from "./programs.ts"
import { at, checked, followed, missing, paged, stepMs, unsupported, watching } from "./world.ts"

interface Running {
  readonly pod: Pod
  readonly revision: number
}
interface Entry {
  spec: InNamespace<Deployment>
  revision: number
  readonly history: Array<Deployment["template"]>
  pods: ReadonlyArray<Running>
}

const own = within(usualNamespace)
const keyOf = (ref: Ref): string => `${own(ref).namespace}/${ref.name}`
const versionsOf = ({ history, spec }: Entry): ReadonlyArray<Revision> =>
  [...history, spec.template].map((template, index) => ({ revision: index + 1, template }))
const isReady = ({ pod }: Running, nowMs: number): boolean => nowMs - pod.createdAtMs >= stepMs

/** An honest ContainerManager in memory, which replaces pods one by one and never lacks a ready one. */
export const memoryContainers = (capabilities: Capabilities): Layer.Layer<ContainerManager> =>
  Layer.effect(
    ContainerManager,
    Effect.sync(() => {
      const entries = new Map<string, Entry>()
      let serial = 0

      const podOf = ({ revision, spec }: Entry, nowMs: number): Running => ({
        revision,
        pod: {
          name: `${spec.name}-${serial++}`,
          namespace: spec.namespace,
          labels: spec.template.labels,
          spec: spec.template.spec,
          state: "starting",
          owner: { kind: "deployment", name: spec.name },
          createdAtMs: nowMs
        }
      })
      const advance = (entry: Entry, nowMs: number): void => {
        const wanted = entry.spec.replicas
        const current = entry.pods.filter(({ revision }) => revision === entry.revision).slice(0, wanted)
        const old = entry.pods.filter(({ revision }) => revision !== entry.revision)
        const keep = Math.max(0, wanted - current.filter((running) => isReady(running, nowMs)).length)
        const oldKept = old.slice(0, keep)
        const room = Math.max(0, wanted + (oldKept.length > 0 ? 1 : 0) - current.length - oldKept.length)
        const fresh = Array.from({ length: Math.min(room, wanted - current.length) }, () => podOf(entry, nowMs))
        entry.pods = [...current, ...fresh, ...oldKept]
      }
      const statusOf = (entry: Entry, nowMs: number): DeploymentStatus => {
        advance(entry, nowMs)
        const updated = entry.pods.filter(({ revision }) => revision === entry.revision)
        const ready = entry.pods.filter((running) => isReady(running, nowMs)).length
        return {
          spec: entry.spec,
          revision: entry.revision,
          replicas: { desired: entry.spec.replicas, total: entry.pods.length, updated: updated.length, ready },
          state: ready >= entry.spec.replicas ? "available" : "progressing"
        }
      }
      const change = (operation: string, ref: Ref, edit: (entry: Entry) => Deployment) =>
        at((nowMs) => {
          const entry = entries.get(keyOf(ref))
          if (entry === undefined) return missing(operation, "deployment", keyOf(ref))
          return Effect.map(checked(Deployment, operation)(edit(entry)), (spec) => {
            if (JSON.stringify(spec.template) !== JSON.stringify(entry.spec.template)) {
              entry.history.push(entry.spec.template)
              entry.revision++
            }
            entry.spec = own(spec)
            return statusOf(entry, nowMs)
          })
        })
      const podsOf = (ref: Ref) =>
        at((nowMs) => {
          const entry = entries.get(keyOf(ref))
          if (entry === undefined) return missing("pods", "deployment", keyOf(ref))
          advance(entry, nowMs)
          return Effect.succeed(
            entry.pods.map(
              (running): Pod => (isReady(running, nowMs) ? { ...running.pod, state: "ready" } : running.pod)
            )
          )
        })

      return ContainerManager.of({
        backend: "memory",
        capabilities,
        createDeployment: (spec) =>
          Effect.flatMap(checked(Deployment, "createDeployment")(spec), () => {
            const key = keyOf(spec)
            if (!entries.has(key)) entries.set(key, { spec: own(spec), revision: 1, history: [], pods: [] })
            return change("createDeployment", spec, () => spec)
          }),
        updateDeployment: (ref, update) => change("updateDeployment", ref, ({ spec }) => ({ ...spec, ...update })),
        scaleDeployment: (ref, replicas) => change("scaleDeployment", ref, ({ spec }) => ({ ...spec, replicas })),
        revisions: (ref) =>
          Stream.unwrap(
            Effect.suspend(() => {
              const entry = entries.get(keyOf(ref))
              return entry === undefined
                ? missing("revisions", "deployment", keyOf(ref))
                : Effect.succeed(Stream.fromArray(versionsOf(entry).toReversed()))
            })
          ),
        rollback: (ref, revision) =>
          Effect.suspend(() => {
            const entry = entries.get(keyOf(ref))
            const found = entry && versionsOf(entry).find((version) => version.revision === revision)
            return found === undefined
              ? missing("rollback", "revision", `${keyOf(ref)} ${revision}`)
              : change("rollback", ref, ({ spec }) => ({ ...spec, template: found.template }))
          }),
        deleteDeployment: (ref) => Effect.sync(() => void entries.delete(keyOf(ref))),
        getDeployment: (ref) => change("getDeployment", ref, ({ spec }) => spec),
        listDeployments: (namespace) => {
          const only = listedIn(usualNamespace, namespace)
          return Stream.unwrap(
            at((nowMs) =>
              Effect.sync(() =>
                paged(
                  [...entries.values()]
                    .filter(({ spec }) => only === undefined || spec.namespace === only)
                    .map((entry) => statusOf(entry, nowMs))
                )
              )
            )
          )
        },
        watchDeployment: (ref) =>
          watching<DeploymentStatus | undefined, DeploymentEvent>(undefined, (before, atMs) => {
            const entry = entries.get(keyOf(ref))
            if (entry === undefined)
              return {
                seen: before,
                last: true,
                news: before === undefined ? [] : [{ type: "Deleted", atMs, deployment: before }]
              }
            const deployment = statusOf(entry, atMs)
            const isNews = JSON.stringify(deployment) !== JSON.stringify(before)
            return { seen: deployment, last: false, news: isNews ? [{ type: "Changed", atMs, deployment }] : [] }
          }),
        pods: (ref) => Stream.unwrap(Effect.map(podsOf(ref), paged)),
        logs: (ref, options) =>
          Stream.unwrap(
            Effect.map(podsOf(ref), (pods) => {
              const lines = pods.flatMap((pod) => outcomeOf(pod.spec).lines.map((text) => ({ source: pod.name, text })))
              return options?.follow === true
                ? followed(() => ({ lines, over: !entries.has(keyOf(ref)) }))
                : paged(lines)
            })
          ),
        exec: (pod, command) =>
          Effect.succeed({
            exitCode: outcomeOf({ containers: [{ command }] }).exitCode ?? 0,
            stdout: pod.name,
            stderr: ""
          }),
        portForward: () => unsupported("portForward", "portForward")
      })
    })
  )
