import { Clock, Effect, Layer, Stream } from "effect"
import { Occupancy } from "../decide/Occupancy.ts"
import { pollChanges } from "../loop/pollChanges.ts"
import { absent, type Capabilities } from "../model/Capability.ts"
import type { Deployment, DeploymentEvent, DeploymentStatus } from "../model/Deployment.ts"
import { type InNamespace, listedIn, within } from "../model/Namespace.ts"
import { onDemand } from "../model/onDemand.ts"
import { same } from "../model/same.ts"
import { Hosts } from "../ports/Hosts.ts"
import { because, type ComputeError, Conflict, Leftovers, NotFound, Unsupported } from "../service/ComputeError.ts"
import { ContainerManager } from "../service/ContainerManager.ts"
import type { Ref } from "../service/Ref.ts"
import { DeploymentDocument, deploymentKey, firstDocument, withSpec } from "./hosts/DeploymentDocument.ts"
import { type HostsOptions, keepPassing, settingsOf } from "./hosts/HostsOptions.ts"
import { podLogs } from "./hosts/podLogs.ts"
import { reconcileDeployment, seeDeployment, statusOf } from "./hosts/reconcileDeployment.ts"
import { makeStore, type Store, type Versioned } from "./hosts/Store.ts"
import { type Look, lockOf, seeHosts } from "./hosts/seeHosts.ts"
import { passesPerSweep, sweepStrays } from "./hosts/sweepStrays.ts"
import { podOf } from "./podOf.ts"

/** What the methods of the derived container manager share. */
interface Desk {
  readonly hosts: Hosts["Service"]
  readonly store: Store<DeploymentDocument>
  readonly settings: Required<HostsOptions>
}

/** What is taken on the hosts, also by pods that were given a host and do not show there. */
const occupancyOf = (documents: ReadonlyArray<Versioned<DeploymentDocument>>, look: Look): Occupancy => {
  const unseen = documents.flatMap(({ value }) => {
    const { hosted, pods } = seeDeployment(value, look)
    return pods.filter(({ name }) => !hosted.has(name))
  })
  return new Occupancy(look.open, [...look.pods.map(podOf), ...unseen])
}

/** One look, then every deployment a step closer to its goal. */
const passOver = ({ hosts, store }: Desk): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const documents = yield* store.list()
    if (documents.length === 0) return
    const look = yield* seeHosts(hosts)
    const occupancy = onDemand(() => occupancyOf(documents, look))
    for (const stored of documents)
      yield* reconcileDeployment({ hosts, store }, stored, look, occupancy).pipe(
        // Somebody else is at this one just now; the next pass takes it up from what they wrote.
        Effect.catchIf(
          ({ reason }) => reason._tag === "Stale",
          () => Effect.void
        )
      )
  }).pipe(lockOf(hosts).withPermit)

const notFound = ({ hosts }: Desk, operation: string, { name }: Ref, kind = "deployment"): ComputeError =>
  because(new NotFound({ backend: hosts.backend, operation, kind, name }))

const read = (desk: Desk, operation: string, ref: InNamespace<Ref>): Effect.Effect<DeploymentDocument, ComputeError> =>
  Effect.flatMap(desk.store.read(deploymentKey(ref)), (stored) =>
    stored === undefined ? Effect.fail(notFound(desk, operation, ref)) : Effect.succeed(stored.value)
  )

const status = (desk: Desk, document: DeploymentDocument) =>
  Effect.map(seeHosts(desk.hosts), (look) => statusOf(seeDeployment(document, look), look))

const get = (desk: Desk, operation: string, ref: InNamespace<Ref>) =>
  Effect.flatMap(read(desk, operation, ref), (document) => status(desk, document))

/** Changes the goal of a deployment that is there and stays, then begins to act on it. */
const change = (
  desk: Desk,
  operation: string,
  ref: InNamespace<Ref>,
  to: (document: DeploymentDocument) => Effect.Effect<DeploymentDocument, ComputeError>
) =>
  Effect.gen(function* () {
    yield* desk.store.change(deploymentKey(ref), (document) => {
      if (document === undefined) return Effect.fail(notFound(desk, operation, ref))
      if (!document.deleting) return to(document)
      const at = { backend: desk.hosts.backend, operation, kind: "deployment", name: ref.name }
      return Effect.fail(because(new Conflict({ ...at, detail: "it is being deleted" })))
    })
    yield* passOver(desk)
    return yield* get(desk, operation, ref)
  })

const create = (desk: Desk, spec: InNamespace<Deployment>) =>
  Effect.gen(function* () {
    const stored = yield* desk.store.read(deploymentKey(spec))
    if (stored?.value.deleting === true) yield* remove(desk, spec)
    yield* desk.store.change(deploymentKey(spec), (document) =>
      Effect.succeed(document === undefined ? firstDocument(spec) : withSpec(document, spec))
    )
    yield* passOver(desk)
    return yield* get(desk, "createDeployment", spec)
  })

const remove = (desk: Desk, ref: InNamespace<Ref>): Effect.Effect<void, ComputeError> =>
  Effect.gen(function* () {
    const key = deploymentKey(ref)
    if ((yield* desk.store.read(key)) === undefined) return
    const beganAtMs = yield* Clock.currentTimeMillis
    yield* desk.store.change(key, (document) =>
      document === undefined
        ? Effect.fail(notFound(desk, "deleteDeployment", ref))
        : Effect.succeed({ ...document, deleting: true })
    )
    while (true) {
      yield* passOver(desk)
      const left = yield* desk.store.read(key)
      if (left === undefined) return
      if ((yield* Clock.currentTimeMillis) - beganAtMs >= desk.settings.stopMsMax) {
        const items = Object.entries(left.value.pods).map(([pod, { node }]) => `pod ${pod} on ${node}`)
        return yield* because(new Leftovers({ backend: desk.hosts.backend, operation: "deleteDeployment", items }))
      }
      yield* Effect.sleep(desk.settings.everyMs)
    }
  }).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.void
    )
  )

const rollback = (desk: Desk, ref: InNamespace<Ref>, revision: number) =>
  change(desk, "rollback", ref, (document) => {
    const found = document.history.find((one) => one.revision === revision)
    return found === undefined
      ? Effect.fail(notFound(desk, "rollback", { name: `${revision}` }, "revision"))
      : Effect.succeed(withSpec(document, { ...document.spec, template: found.template }))
  })

const ownPods = (desk: Desk, operation: string, ref: InNamespace<Ref>) =>
  Effect.gen(function* () {
    const document = yield* read(desk, operation, ref)
    const seen = seeDeployment(document, yield* seeHosts(desk.hosts))
    return { seen, hosted: [...seen.hosted.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
  })

const findPod = (desk: Desk, operation: string, { name, namespace }: InNamespace<Ref>) =>
  Effect.flatMap(desk.hosts.pods, ({ pods }) => {
    const pod = pods.find((one) => one.name === name && one.namespace === namespace)
    return pod === undefined ? Effect.fail(notFound(desk, operation, { name }, "pod")) : Effect.succeed(pod)
  })

const watch = (desk: Desk, ref: InNamespace<Ref>): Stream.Stream<DeploymentEvent, ComputeError> =>
  pollChanges<DeploymentStatus, DeploymentEvent>({
    backend: desk.hosts.backend,
    operation: "watchDeployment",
    kind: "deployment",
    name: ref.name,
    everyMs: desk.settings.everyMs,
    read: Effect.flatMap(desk.store.read(deploymentKey(ref)), (stored) =>
      stored === undefined ? Effect.undefined : status(desk, stored.value)
    ),
    changes: (before, after, atMs): ReadonlyArray<DeploymentEvent> => {
      if (after !== undefined) return same(before, after) ? [] : [{ type: "Changed", atMs, deployment: after }]
      return before === undefined ? [] : [{ type: "Deleted", atMs, deployment: { ...before, state: "deleting" } }]
    }
  })

const unsupported = ({ hosts }: Desk, feature: string, why: string): ComputeError =>
  because(new Unsupported({ backend: hosts.backend, operation: feature, feature, why }))

const noForwarding = "hosts run commands and pods; they forward no ports"

const serviceOf = (desk: Desk): ContainerManager["Service"] => {
  const { hosts, settings, store } = desk
  const at = within(settings.namespace)
  const capabilities: Capabilities = { ...hosts.capabilities, portForward: absent(noForwarding) }
  return ContainerManager.of({
    backend: hosts.backend,
    capabilities,
    createDeployment: (spec) => create(desk, at(spec)),
    updateDeployment: (ref, update) =>
      change(desk, "updateDeployment", at(ref), (document) =>
        Effect.succeed(withSpec(document, { ...document.spec, ...update }))
      ),
    scaleDeployment: (ref, replicas) =>
      change(desk, "scaleDeployment", at(ref), (document) =>
        Effect.succeed(withSpec(document, { ...document.spec, replicas }))
      ),
    revisions: (ref) =>
      Stream.fromIterableEffect(Effect.map(read(desk, "revisions", at(ref)), ({ history }) => history.toReversed())),
    rollback: (ref, revision) => rollback(desk, at(ref), revision),
    deleteDeployment: (ref) => remove(desk, at(ref)),
    getDeployment: (ref) => get(desk, "getDeployment", at(ref)),
    listDeployments: (namespace) =>
      Stream.fromIterableEffect(
        Effect.gen(function* () {
          const documents = yield* store.list(listedIn(settings.namespace, namespace))
          const look = yield* seeHosts(hosts)
          return documents.map(({ value }) => statusOf(seeDeployment(value, look), look))
        })
      ),
    watchDeployment: (ref) => watch(desk, at(ref)),
    pods: (ref) => Stream.fromIterableEffect(Effect.map(ownPods(desk, "pods", at(ref)), ({ seen }) => seen.pods)),
    logs: (ref, options) =>
      Stream.unwrap(
        Effect.map(ownPods(desk, "logs", at(ref)), ({ hosted }) =>
          podLogs(hosts, hosted, options, desk.settings.everyMs)
        )
      ),
    exec: (pod, command, options) =>
      options?.stdin === undefined
        ? Effect.flatMap(findPod(desk, "exec", at(pod)), (found) => hosts.exec(found, command))
        : Effect.fail(unsupported(desk, "exec", "hosts give a command no input")),
    portForward: () => Effect.fail(unsupported(desk, "portForward", noForwarding))
  })
}

/**
 * A whole ContainerManager over hosts that run what they are told: documents at the hosts are the goals, our own
 * placement decides, and a pass in every call and at a steady pace brings what runs closer to what is wanted.
 */
export const containerManagerFromHosts = (options: HostsOptions = {}): Layer.Layer<ContainerManager, never, Hosts> =>
  Layer.effect(
    ContainerManager,
    Effect.gen(function* () {
      const hosts = yield* Hosts
      const settings = settingsOf(options)
      const desk: Desk = { hosts, store: makeStore(hosts, "deployment/", DeploymentDocument), settings }
      yield* Effect.forkScoped(keepPassing(`${hosts.backend} deployments`, passOver(desk), settings.everyMs))
      // the rollout sees to every pod of a deployment that is there
      const sweep = sweepStrays(hosts, "deployment", desk.store, () => true)
      const sweepEveryMs = settings.everyMs * passesPerSweep
      yield* Effect.forkScoped(keepPassing(`${hosts.backend} strays of deployments`, sweep, sweepEveryMs))
      return serviceOf(desk)
    })
  )
