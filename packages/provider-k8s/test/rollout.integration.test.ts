import { assert, layer } from "@effect/vitest"
import { ContainerManager, type Deployment, production } from "@orrery/core"
import { Effect, Stream } from "effect"
import { Kubernetes, layer as layerOf } from "../src/index.ts"
import { addNode, config, deployment, server } from "./server.ts"

const pool = "rollout"

const withImage = ({ template }: Deployment, image: string) => ({
  template: {
    ...template,
    spec: { ...template.spec, containers: template.spec.containers.map((one) => ({ ...one, image })) }
  }
})

const podNames = (name: string) =>
  Effect.flatMap(ContainerManager, (containers) =>
    Effect.map(Stream.runCollect(containers.pods({ name })), (pods) => pods.map((pod) => pod.name).toSorted())
  )

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("rollouts on a real control plane", (it) => {
  it.effect("a paused rollout waits, says so, and goes on when it is resumed [R46]", () =>
    Effect.gen(function* () {
      yield* addNode("rollout-1", { for: pool })
      const containers = yield* ContainerManager
      const kubernetes = yield* Kubernetes
      const ref = { name: "paused" }
      const spec = deployment("paused", pool)
      yield* containers.createDeployment(spec)
      yield* kubernetes.awaitRollout(ref)
      yield* kubernetes.pause(ref)
      const changed = yield* containers.updateDeployment(ref, withImage(spec, "busybox:2"))
      assert.strictEqual(changed.revision, 1)
      assert.strictEqual((yield* containers.getDeployment(ref)).message, "its rollout is paused; resume it")
      yield* kubernetes.resume(ref)
      const done = yield* kubernetes.awaitRollout(ref)
      assert.deepInclude(done, { state: "available", revision: 2 })
      assert.strictEqual(done.spec.template.spec.containers[0]?.image, "busybox:2")
      yield* containers.deleteDeployment(ref)
    })
  )

  it.effect("restart replaces every pod and changes nothing of what is wanted", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const kubernetes = yield* Kubernetes
      const ref = { name: "again" }
      const spec = deployment("again", pool)
      yield* containers.createDeployment(spec)
      yield* kubernetes.awaitRollout(ref)
      const before = yield* podNames("again")
      const restarted = yield* kubernetes.restart(ref)
      assert.deepStrictEqual(restarted.spec, spec)
      yield* kubernetes.awaitRollout(ref)
      yield* Effect.repeat(podNames("again"), {
        until: (now) => now.length === 2 && !now.some((it) => before.includes(it))
      })
      // what is wanted is applied again, and nothing restarts
      yield* containers.createDeployment(spec)
      assert.strictEqual((yield* kubernetes.awaitRollout(ref)).revision, 2)
      yield* containers.deleteDeployment(ref)
    })
  )

  it.effect("waiting ends early with a typed reason, or after its time with what is known [K78]", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const kubernetes = yield* Kubernetes
      const ref = { name: "nowhere" }
      yield* containers.createDeployment(deployment("nowhere", "no-such-pool"))
      const at = yield* Effect.flip(kubernetes.awaitRollout(ref, { nodesMayCome: false }))
      assert.strictEqual(at.reason._tag, "CapacityExhausted")
      assert.match(at.message, /no node takes the pod: .*didn't match Pod's node affinity\/selector/)
      const late = yield* Effect.flip(kubernetes.awaitRollout(ref, { timeoutMs: 1000 }))
      assert.strictEqual(late.reason._tag, "CapacityExhausted")
      yield* kubernetes.pause(ref)
      yield* containers.deleteDeployment(ref)
      assert.strictEqual((yield* Effect.flip(kubernetes.awaitRollout(ref))).reason._tag, "NotFound")
    })
  )

  it.effect("describe tells containers, pods and events, and no value of a variable [R67 R101]", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const kubernetes = yield* Kubernetes
      const ref = { name: "told" }
      const spec = deployment("told", pool)
      const environment = [
        { name: "PASSWORD", value: "hunter2" },
        { name: "TOKEN", secret: { name: "tokens", key: "main" } }
      ]
      const containersOf = spec.template.spec.containers.map((one) => ({ ...one, environment }))
      const template = { ...spec.template, spec: { ...spec.template.spec, containers: containersOf } }
      yield* containers.createDeployment({ ...spec, template })
      yield* kubernetes.awaitRollout(ref)
      const said = yield* kubernetes.describe(ref)
      assert.include(said, "variable PASSWORD is set")
      assert.include(said, "variable TOKEN from secret tokens, key main")
      assert.notInclude(said, "hunter2")
      assert.match(said, /told-\S+ ready on rollout-1, 0 restarts/)
      assert.match(said, /Deployment told: ScalingReplicaSet/)
      assert.match(said, /Pod told-\S+: Scheduled/)
      yield* containers.deleteDeployment(ref)
    })
  )

  it.effect("a wait beyond its deadline is the caller's, who has said how long: it is not begun again", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const kubernetes = yield* Kubernetes
      const ref = { name: "halted" }
      const spec = deployment("halted", pool)
      yield* containers.createDeployment(spec)
      yield* kubernetes.awaitRollout(ref)
      yield* kubernetes.pause(ref)
      yield* containers.updateDeployment(ref, withImage(spec, "busybox:2"))
      const waiting = Kubernetes.use(({ awaitRollout }) => awaitRollout(ref, { timeoutMs: 1_000 }))
      const late = yield* Effect.flip(waiting.pipe(Effect.provide(production()(layerOf(config)))))
      // what was tried again in vain would be exhausted
      assert.strictEqual(late.reason._tag, "TimedOut")
      yield* containers.deleteDeployment(ref)
    })
  )
})
