import { assert, layer } from "@effect/vitest"
import { type Job, Scheduler } from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import { Client } from "../src/Client.ts"
import { Kubernetes, layer as k8s } from "../src/index.ts"
import { startBeside } from "./kubelet.ts"
import { addNode, applyAs, job } from "./server.ts"

const config = startBeside("queues", "--with", "kueue")
const server = Layer.orDie(Layer.merge(k8s(config), Client.layer(config)))

const kueue = "/apis/kueue.x-k8s.io/v1beta1"
const define = (path: string, kind: string, name: string, spec: object) =>
  applyAs("test", `${kueue}/${path}/${name}`, {
    apiVersion: "kueue.x-k8s.io/v1beta1",
    kind,
    metadata: { name },
    spec
  })

/** A queue that lets one core be used at a time. */
const oneCore = Effect.gen(function* () {
  yield* define("resourceflavors", "ResourceFlavor", "usual", {})
  const resources = [{ name: "cpu", nominalQuota: "1" }]
  yield* define("clusterqueues", "ClusterQueue", "all", {
    namespaceSelector: {},
    resourceGroups: [{ coveredResources: ["cpu"], flavors: [{ name: "usual", resources }] }]
  })
  yield* define("namespaces/default/localqueues", "LocalQueue", "team", { clusterQueue: "all" })
})

const queued = (name: string, pool: string, queue = "team"): Job => {
  const made = job(name, pool, { queue })
  const requests = { cpuMilli: 800, memoryBytes: 0, gpuMilli: 0 }
  return {
    ...made,
    pod: { ...made.pod, containers: made.pod.containers.map((it) => ({ ...it, resources: { requests } })) }
  }
}

const whyUntil = (name: string, pattern: RegExp) =>
  Effect.flatMap(Scheduler, (jobs) =>
    Effect.repeat(Effect.delay(jobs.why({ name }), "200 millis"), { until: ({ summary }) => pattern.test(summary) })
  ).pipe(Effect.timeout("90 seconds"))

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("jobs of a real Kueue", (it) => {
  it.effect("a queue lets jobs go as its quota allows, and why says what a job waits for [K34]", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      yield* oneCore
      yield* addNode("queues-1", { for: "queues" })
      // it is let go, finds no node, and keeps its quota
      yield* jobs.submit(queued("holding", "nowhere"))
      yield* whyUntil("holding", /nodes are available/)
      yield* jobs.submit(queued("next", "queues"))
      const said = yield* whyUntil("next", /quota/)
      assert.match(said.summary, /it waits in the queue team: .*insufficient unused quota for cpu.*usual/)
      assert.strictEqual((yield* jobs.get({ name: "next" })).state, "waiting")
      // releasing what nobody held does not take a job out of its queue
      yield* jobs.release({ name: "next" })
      yield* jobs.remove({ name: "holding" })
      const events = yield* Effect.timeout(Stream.runCollect(jobs.watch({ name: "next" })), "90 seconds")
      assert.strictEqual(events.at(-1)?.job.state, "succeeded")
      assert.deepStrictEqual(events.at(-1)?.job.spec, queued("next", "queues"))
      yield* jobs.remove({ name: "next" })
    })
  )

  it.effect("what is held is not let go by its queue, whether it was held at once or while it waited", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      yield* jobs.submit({ ...queued("held-at-once", "queues"), held: true })
      yield* jobs.submit(queued("blocks", "nowhere"))
      yield* whyUntil("blocks", /nodes are available/)
      yield* jobs.submit(queued("held-later", "queues"))
      yield* whyUntil("held-later", /quota/)
      yield* jobs.hold({ name: "held-later" })
      yield* jobs.remove({ name: "blocks" })
      yield* Effect.sleep("3 seconds")
      for (const name of ["held-at-once", "held-later"]) {
        assert.strictEqual((yield* jobs.get({ name })).state, "held")
        assert.deepStrictEqual((yield* jobs.get({ name })).attempts, [])
        assert.strictEqual((yield* jobs.get({ name })).spec.queue, "team")
        yield* jobs.release({ name })
        const events = yield* Effect.timeout(Stream.runCollect(jobs.watch({ name })), "90 seconds")
        assert.strictEqual(events.at(-1)?.job.state, "succeeded")
        yield* jobs.remove({ name })
      }
    })
  )

  it.effect("a queue that is not there is named [K80]", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      yield* jobs.submit(queued("lost", "queues", "no-such-queue"))
      const said = yield* whyUntil("lost", /no-such-queue.*(not|n't) (exist|found)|inactive/)
      assert.match(said.summary, /it waits in the queue no-such-queue: /)
      yield* jobs.remove({ name: "lost" })
    })
  )

  it.effect("jobs of KAI and Volcano say their queue where those look for it, and are not held back [K33]", () =>
    Effect.gen(function* () {
      const kubernetes = yield* Kubernetes
      const client = yield* Client
      const jobs = yield* Scheduler
      const stored = (name: string) =>
        client.request<Record<string, never>>({
          operation: "test",
          kind: "job",
          name,
          path: `/apis/batch/v1/namespaces/default/jobs/${name}`
        })
      for (const queueSystem of ["kai", "volcano"] as const) {
        const spec = queued(`of-${queueSystem}`, "queues", "gpus")
        assert.deepStrictEqual((yield* kubernetes.submit(spec, { queueSystem })).spec, spec)
      }
      assert.deepNestedInclude(yield* stored("of-kai"), {
        "metadata.labels.kai\\.scheduler/queue": "gpus",
        "spec.template.metadata.labels.kai\\.scheduler/queue": "gpus",
        "spec.template.spec.schedulerName": "kai-scheduler",
        "spec.suspend": false
      })
      assert.deepNestedInclude(yield* stored("of-volcano"), {
        "spec.template.metadata.annotations.scheduling\\.volcano\\.sh/queue-name": "gpus",
        "spec.template.spec.schedulerName": "volcano",
        "spec.suspend": false
      })
      yield* jobs.remove({ name: "of-kai" })
      yield* jobs.remove({ name: "of-volcano" })
    })
  )
})
