import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { type ComputeError, ContainerManager, type Deployment, Scheduler } from "@orrery/core"
import { layer } from "@orrery/provider-k8s"
import { Effect } from "effect"
import { afterAll, beforeAll, describe } from "vitest"
import { addNode, config, deployment, destroyPath, job, server } from "../../../packages/provider-k8s/test/server.ts"
import type { Fault } from "../Fault.ts"
import { type FaultPlan, noFaults, onlyAt } from "../FaultPlan.ts"
import { FaultProxy } from "../FaultProxy.ts"
import { Standing } from "./Standing.ts"

const namespace = `crash-${process.pid}`
const dir = mkdtempSync(join(tmpdir(), "orrery-crash-"))
const standing = new Standing(namespace)

beforeAll(async () => {
  await standing.begin()
  await Effect.runPromise(Effect.provide(addNode(namespace, { for: namespace }, "64"), server))
})
afterAll(async () => {
  await standing.end()
  await Effect.runPromise(Effect.provide(destroyPath(`/api/v1/nodes/${namespace}`), server))
})

type Act = Effect.Effect<unknown, ComputeError, ContainerManager | Scheduler>

/** One thing to do under a name, what must be there first, and what undoes both. */
interface Story {
  readonly title: string
  readonly first?: (name: string) => Act
  readonly act: (name: string) => Act
  readonly undo: (name: string) => Act
}

const web = (name: string, more: Partial<typeof Deployment.Encoded> = {}) =>
  deployment(name, namespace, { namespace, replicas: 1, ...more })
const ref = (name: string) => ({ name, namespace })
const create = (name: string) => ContainerManager.use((it) => it.createDeployment(web(name)))

/** What was changed has become so; a controller that is slow would see two changes as one. */
const atRest = (name: string) =>
  ContainerManager.use((it) => it.getDeployment(ref(name))).pipe(
    Effect.delay("50 millis"),
    Effect.repeat({ until: ({ state }) => state === "available" }),
    Effect.catchReason("ComputeError", "NotFound", () => Effect.void),
    Effect.timeout("90 seconds"),
    Effect.orDie
  )
const change = (name: string) =>
  ContainerManager.use((it) =>
    it.updateDeployment(ref(name), { template: { ...web(name).template, labels: { app: name, version: "2" } } })
  )
const removeDeployment = (name: string) => ContainerManager.use((it) => it.deleteDeployment(ref(name)))
const submit = (name: string) => Scheduler.use((it) => it.submit(job(name, "nowhere", { namespace, retries: 1 })))
const removeJob = (name: string) => Scheduler.use((it) => it.remove(ref(name)))

const stories: ReadonlyArray<Story> = [
  { title: "createDeployment [R77]", act: create, undo: removeDeployment },
  { title: "updateDeployment [R119]", first: create, act: change, undo: removeDeployment },
  {
    title: "scaleDeployment [R120]",
    first: create,
    act: (name) => ContainerManager.use((it) => it.scaleDeployment(ref(name), 2)),
    undo: removeDeployment
  },
  {
    title: "rollback",
    first: (name) => Effect.andThen(create(name), Effect.andThen(atRest(name), change(name))),
    act: (name) => ContainerManager.use((it) => it.rollback(ref(name), 1)),
    undo: removeDeployment
  },
  { title: "deleteDeployment", first: create, act: removeDeployment, undo: removeDeployment },
  { title: "submit", act: submit, undo: removeJob },
  { title: "hold", first: submit, act: (name) => Scheduler.use((it) => it.hold(ref(name))), undo: removeJob },
  {
    title: "release",
    first: (name) =>
      Effect.andThen(
        submit(name),
        Scheduler.use((it) => it.hold(ref(name)))
      ),
    act: (name) => Scheduler.use((it) => it.release(ref(name))),
    undo: removeJob
  },
  { title: "cancel", first: submit, act: (name) => Scheduler.use((it) => it.cancel(ref(name))), undo: removeJob },
  { title: "remove", first: submit, act: removeJob, undo: removeJob }
]

const deaths: ReadonlyArray<Fault> = [{ type: "lostRequest" }, { type: "lostReply" }]

/** Does it once with this plan, to its end or its death; gives how many calls it made and whether it died. */
const once = (proxy: FaultProxy, act: Act, plan: FaultPlan) =>
  Effect.gen(function* () {
    const before = proxy.records.length
    proxy.plan = plan
    const outcome = yield* Effect.result(act)
    proxy.plan = noFaults
    return { calls: proxy.records.length - before, died: outcome._tag === "Failure" }
  })

/** A proxy of one story's own. */
const openProxy = Effect.acquireRelease(
  Effect.promise(() => FaultProxy.open(config.kubeconfig)),
  (proxy) => Effect.promise(() => proxy.close())
)

const play = ({ act, first, title, undo }: Story, proxy: FaultProxy) =>
  Effect.gen(function* () {
    const kind = title.split(" ")[0]?.toLowerCase() ?? ""
    const prepared = (name: string) => (first === undefined ? Effect.void : Effect.andThen(first(name), atRest(name)))
    const unbroken = `${kind}-0`
    yield* prepared(unbroken)
    const { calls } = yield* once(proxy, act(unbroken), noFaults)
    assert.isAtLeast(calls, 1)
    yield* atRest(unbroken)
    const wanted = yield* standing.settled(unbroken)
    yield* undo(unbroken)
    let deathsSeen = 0
    for (let call = 1; call <= calls; call++)
      for (const death of deaths) {
        const name = `${kind}-${call}-${death.type.toLowerCase()}`
        yield* prepared(name)
        const { died } = yield* once(proxy, act(name), onlyAt(call, death))
        if (died) deathsSeen++
        yield* act(name)
        yield* standing.becomes(name, wanted)
        yield* undo(name)
      }
    assert.isAtLeast(deathsSeen, 1)
  })

describe.concurrent("a caller that dies at any call, and is run again, leaves what an unbroken run leaves", () => {
  for (const story of stories)
    it.live(
      story.title,
      () =>
        Effect.gen(function* () {
          const proxy = yield* openProxy
          const kubeconfig = join(dir, story.title.split(" ")[0] ?? "")
          writeFileSync(kubeconfig, proxy.kubeconfig)
          // without the middleware that tries again: a call that fails is a caller that dies there
          yield* Effect.provide(play(story, proxy), layer({ kubeconfig }))
        }),
      300_000
    )
})
