import {
  because,
  Conflict,
  type Deployment,
  type DeploymentEvent,
  type DeploymentUpdate,
  type InNamespace,
  type LabelSelector,
  NotFound,
  type Ref,
  type Revision
} from "@orrery/core"
import { Clock, Effect, Option, Stream } from "effect"
import { Client } from "./Client.ts"
import { problemsOf, refuse } from "./deployments/problemsOf.ts"
import { findRevision, revisionsOf } from "./deployments/revisions.ts"
import { appliedFields, toApply } from "./deployments/toApply.ts"
import { apply } from "./objects/apply.ts"
import { bear } from "./objects/bear.ts"
import { fieldManager, otherOwnersOf } from "./objects/fieldOwners.ts"
import { isMine, labelOf, mine, selectorText } from "./objects/labels.ts"
import { list } from "./objects/list.ts"
import { deploymentsPath, eventsPath, podsPath } from "./objects/paths.ts"
import { destroy, find as findStored } from "./objects/stored.ts"
import { untilOver } from "./objects/untilOver.ts"
import { watchOwned } from "./objects/watchOwned.ts"
import type { WireDeployment, WirePod } from "./objects/wire.ts"
import { diagnoseAll, diagnoseEvents, isStarting } from "./pods/diagnose.ts"
import { eventsWhere } from "./pods/events.ts"
import { ensurePriorityClass, removePriorityClasses } from "./pods/priorityClass.ts"
import { problemIf } from "./pods/problemsOfText.ts"
import { refusalsOf, refusedBecause, sayRefusals } from "./pods/refusals.ts"
import { fromDeployment, ownerOf, revisionOf, toDeployment, toDeploymentStatus } from "./translate/deployment.ts"
import { fromPod } from "./translate/pod.ts"
import { isBareNumber } from "./translate/priority.ts"

const subject = (operation: string, { name }: Ref) => ({ operation, kind: "deployment", name })
const pathOf = (ref: InNamespace<Ref>): string => deploymentsPath(ref.namespace, ref.name)

const notThere = (operation: string, { name }: Ref) =>
  because(new NotFound({ backend: "kubernetes", operation, kind: "deployment", name }))

const find = (operation: string, ref: InNamespace<Ref>) =>
  findStored<WireDeployment>({ ...subject(operation, ref), path: pathOf(ref) })

const findMine = Effect.fnUntraced(function* (operation: string, ref: InNamespace<Ref>) {
  const found = yield* find(operation, ref)
  if (found === undefined || !isMine(found)) return yield* notThere(operation, ref)
  return found
})

const setReplicas = (operation: string, ref: InNamespace<Ref>, replicas: number) =>
  Effect.flatMap(Client, (client) =>
    client.request({
      ...subject(operation, ref),
      method: "PATCH",
      path: `${pathOf(ref)}/scale`,
      query: { fieldManager },
      contentType: "application/merge-patch+json",
      body: { spec: { replicas } }
    })
  )

const isObserved = ({ metadata, status }: WireDeployment): boolean =>
  (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0)

/** A changed deployment as soon as its controller has seen the change: only then its revision counts it. */
const observed = Effect.fnUntraced(function* (operation: string, ref: InNamespace<Ref>) {
  const look = Effect.flatMap(bear(findMine(operation, ref)), (now) =>
    isObserved(now) ? Effect.succeedSome(now) : Effect.as(Effect.sleep("50 millis"), Option.none<WireDeployment>())
  )
  const seen = yield* Effect.repeat(look, { until: Option.isSome, times: 200 })
  return toDeploymentStatus(Option.isSome(seen) ? seen.value : yield* findMine(operation, ref))
})

/** What is sent: all of a new deployment, of an old one what is ours and what changes. */
const bodyOf = (spec: InNamespace<Deployment>, before: WireDeployment | undefined, withReplicas: boolean): object => {
  const wanted = toDeployment(spec, { withReplicas })
  return before === undefined ? wanted : toApply(wanted, toDeployment(fromDeployment(before)), appliedFields(before))
}

const sameSelector = (a: LabelSelector, b: LabelSelector): boolean =>
  JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))

/** The server gives labels back in the order of their keys. */
const sorted = ({ matchExpressions, matchLabels }: LabelSelector) => [
  Object.entries(matchLabels).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  matchExpressions
]

/** What may not change in the life of a deployment. */
const ofChange = ({ selector }: Deployment, before: WireDeployment | undefined) =>
  problemIf(
    before !== undefined && !sameSelector(selector, fromDeployment(before).selector),
    "selector",
    "a deployment's selector cannot change",
    "keep the selector, or delete the deployment and create it anew"
  )

/** Applies our fields. The number of replicas stays with whoever set it last: an autoscaler, or our own scaling. */
const applyOver = Effect.fnUntraced(function* (
  operation: string,
  spec: InNamespace<Deployment>,
  before: WireDeployment | undefined
) {
  yield* refuse(operation, [...problemsOf(spec), ...ofChange(spec, before)])
  yield* ensurePriorityClass(operation, spec.template.spec, ownerOf(spec))
  const others = before === undefined ? [] : otherOwnersOf(before, ["spec", "replicas"])
  const after = yield* apply<WireDeployment>({
    ...subject(operation, spec),
    path: pathOf(spec),
    body: bodyOf(spec, before, others.length === 0)
  })
  const ours = others.length > 0 && others.every((name) => name === fieldManager)
  const scaled = ours && after.spec?.replicas !== spec.replicas
  if (scaled) yield* setReplicas(operation, spec, spec.replicas)
  const unchanged = after.metadata?.generation === before?.metadata?.generation
  if (before === undefined || (!scaled && (unchanged || isObserved(after)))) return toDeploymentStatus(after)
  return yield* observed(operation, spec)
})

/** Stores the goal; the same again changes nothing. */
export const createDeployment = Effect.fn("kubernetes.createDeployment")(function* (spec: InNamespace<Deployment>) {
  const before = yield* find("createDeployment", spec)
  if (before !== undefined && !isMine(before))
    return yield* because(
      new Conflict({
        backend: "kubernetes",
        operation: "createDeployment",
        kind: "deployment",
        name: spec.name,
        detail: "it exists and is not ours"
      })
    )
  return yield* applyOver("createDeployment", spec, before)
})

/** Replaces what is given; a number of replicas is taken over from whoever set it before. */
export const updateDeployment = Effect.fn("kubernetes.updateDeployment")(function* (
  ref: InNamespace<Ref>,
  { progressDeadlineMs, replicas, strategy, template }: DeploymentUpdate
) {
  const before = yield* findMine("updateDeployment", ref)
  const { spec } = toDeploymentStatus(before)
  const changed: InNamespace<Deployment> = {
    ...spec,
    ...(strategy === undefined ? {} : { strategy }),
    ...(template === undefined ? {} : { template }),
    ...(progressDeadlineMs === undefined ? {} : { progressDeadlineMs })
  }
  const applied =
    strategy === undefined && template === undefined && progressDeadlineMs === undefined
      ? toDeploymentStatus(before)
      : yield* applyOver("updateDeployment", changed, before)
  if (replicas === undefined || replicas === applied.spec.replicas) return applied
  yield* setReplicas("updateDeployment", ref, replicas)
  return toDeploymentStatus(yield* findMine("updateDeployment", ref))
})

/** Sets the number of replicas through the scale subresource. */
export const scaleDeployment = Effect.fn("kubernetes.scaleDeployment")(function* (
  ref: InNamespace<Ref>,
  replicas: number
) {
  yield* findMine("scaleDeployment", ref)
  yield* setReplicas("scaleDeployment", ref, replicas)
  return toDeploymentStatus(yield* findMine("scaleDeployment", ref))
})

/** What can be returned to, newest first. */
export const revisions = (ref: InNamespace<Ref>) =>
  Stream.fromIterableEffect(
    Effect.gen(function* () {
      yield* observed("revisions", ref)
      const kept = yield* revisionsOf("revisions", yield* findMine("revisions", ref))
      return kept.map(({ revision, template }): Revision => ({ revision, template }))
    })
  )

/** Applies an earlier template again. */
export const rollback = Effect.fn("kubernetes.rollback")(function* (ref: InNamespace<Ref>, revision: number) {
  yield* observed("rollback", ref)
  const before = yield* findMine("rollback", ref)
  const found = findRevision(yield* revisionsOf("rollback", before), revision)
  if (found === undefined) {
    const at = { backend: "kubernetes", operation: "rollback" }
    return yield* because(new NotFound({ ...at, kind: "revision", name: `${ref.name} ${revision}` }))
  }
  return yield* applyOver("rollback", { ...toDeploymentStatus(before).spec, template: found.template }, before)
})

/** Removes it and its pods, and waits until they are gone. */
export const deleteDeployment = Effect.fn("kubernetes.deleteDeployment")(function* (ref: InNamespace<Ref>) {
  const found = yield* find("deleteDeployment", ref)
  const owner = ownerOf(ref)
  const companions = removePriorityClasses("deleteDeployment", owner)
  // whoever was killed between the two may have left the class alone
  if (found === undefined) return yield* companions
  if (!isMine(found)) return
  // later revisions may be without the number that an earlier one had
  const hadNumber = isBareNumber(found.spec?.template.spec?.priorityClassName) || revisionOf(found) > 1
  const graceMs = (found.spec?.template?.spec?.terminationGracePeriodSeconds ?? 30) * 1000
  const holders = Effect.map(Stream.runCollect(wirePods(ref)), (left) =>
    left.map((pod) => `pod ${pod.metadata?.name ?? ""} (${fromPod(pod).state})`)
  )
  yield* destroy(
    { ...subject("deleteDeployment", ref), path: pathOf(ref) },
    { graceMs, holders, companions: hadNumber ? companions : Effect.void }
  )
})

/** What pods that do not start do not say themselves: their events, and why each node does not take them. */
const learn = Effect.fnUntraced(function* (ref: InNamespace<Ref>, theirs: ReadonlyArray<WirePod>) {
  const trouble = diagnoseAll(theirs)
  const waiting = theirs.find((pod) => refusedBecause(pod) !== undefined)
  if (trouble?.trouble === "unschedulable" && waiting !== undefined) {
    const refusals = yield* refusalsOf("getDeployment", waiting)
    return refusals.length === 0 ? trouble : { ...trouble, cause: `${trouble.cause} (${sayRefusals(refusals)})` }
  }
  if (trouble !== undefined || !theirs.some(isStarting)) return trouble
  const warnings = eventsWhere("getDeployment", ref.namespace, "type=Warning,involvedObject.kind=Pod")
  return diagnoseEvents(yield* Stream.runCollect(warnings), theirs)
})

/** One deployment of ours; its pods are looked at where it is not well. */
export const getDeployment = Effect.fn("kubernetes.getDeployment")(function* (ref: InNamespace<Ref>) {
  const found = yield* findMine("getDeployment", ref)
  const status = toDeploymentStatus(found)
  if (status.state === "available" || status.state === "deleting") return status
  const theirs = yield* Stream.runCollect(wirePods(ref))
  return toDeploymentStatus(found, theirs, yield* learn(ref, theirs))
})

/** Those of ours, in one namespace or in all. */
export const listDeployments = (namespace?: string) =>
  list<WireDeployment>({
    operation: "listDeployments",
    kind: "namespace",
    name: namespace ?? "",
    path: deploymentsPath(namespace),
    query: { labelSelector: selectorText({ [mine.key]: mine.value }) }
  }).pipe(Stream.map((found) => toDeploymentStatus(found)))

/** What is there, then every change of the deployment or its pods' health; ends when it is gone. */
export const watchDeployment = (ref: InNamespace<Ref>) =>
  Stream.unwrap(
    Effect.gen(function* () {
      let deployment = yield* findMine("watchDeployment", ref)
      const seen = watchOwned<WireDeployment>({
        owner: { ...subject("watchDeployment", ref), path: deploymentsPath(ref.namespace) },
        pods: podsPath(ref.namespace),
        labels: { [labelOf.deployment]: ref.name },
        events: eventsPath(ref.namespace)
      })
      return seen.pipe(
        Stream.mapEffect(({ gone, owner, pods, warnings }) =>
          Effect.map(Clock.currentTimeMillis, (atMs): DeploymentEvent => {
            deployment = owner ?? deployment
            return {
              type: gone ? "Deleted" : "Changed",
              atMs,
              deployment: toDeploymentStatus(deployment, pods, diagnoseEvents(warnings, pods))
            }
          })
        ),
        // most of what pods go through changes nothing that is told here
        Stream.changesWith(
          (a, b) => a.type === b.type && JSON.stringify(a.deployment) === JSON.stringify(b.deployment)
        ),
        Stream.takeUntil(({ type }) => type === "Deleted")
      )
    })
  )

/** Waits until it is gone. */
export const ended = (ref: InNamespace<Ref>) =>
  untilOver<WireDeployment>({ ...subject("logs", ref), path: deploymentsPath(ref.namespace) })

/** The pods that belong to a deployment, as they are stored. */
export const wirePods = (ref: InNamespace<Ref>) =>
  list<WirePod>({
    ...subject("pods", ref),
    path: podsPath(ref.namespace),
    query: { labelSelector: selectorText({ [labelOf.deployment]: ref.name }) }
  })

/** The pods of a deployment of ours. */
export const pods = (ref: InNamespace<Ref>) =>
  Stream.unwrap(Effect.as(findMine("pods", ref), wirePods(ref))).pipe(Stream.map(fromPod))

/** The server's own identity of a deployment of ours. */
export const uidOf = (operation: string, ref: InNamespace<Ref>) =>
  Effect.map(findMine(operation, ref), ({ metadata }) => metadata?.uid ?? "")
