import { assert, layer as withLayer } from "@effect/vitest"
import { ContainerManager, everywhere, Scheduler } from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import { layer } from "../src/index.ts"
import { config, deployment, job } from "./server.ts"

const place = "kube-public"

/** The same server through a connection with a namespace of its own. */
const there = layer({ ...config, namespace: place }).pipe(Layer.orDie)

/** What a person writes who names no namespace. */
const unplaced = <A extends { readonly namespace?: string }>({ namespace: _, ...thing }: A) => thing

withLayer(there, { excludeTestServices: true, timeout: "240 seconds" })("a connection's own namespace", (it) => {
  it.effect("is where deployments lie that name none: made, found, listed, watched, deleted [K11 R44]", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const name = "unplaced"
      const made = yield* containers.createDeployment(unplaced(deployment(name, "nowhere", { replicas: 0 })))
      assert.strictEqual(made.spec.namespace, place)
      const spaces = (namespace?: string) =>
        Effect.map(Stream.runCollect(containers.listDeployments(namespace)), (all) =>
          all.filter(({ spec }) => spec.name === name).map(({ spec }) => spec.namespace)
        )
      assert.deepStrictEqual(yield* spaces(), [place])
      assert.deepStrictEqual(yield* spaces(everywhere), [place])
      assert.deepStrictEqual(yield* spaces("default"), [])
      assert.strictEqual((yield* containers.scaleDeployment({ name }, 1)).spec.replicas, 1)
      const [first] = yield* Stream.runCollect(Stream.take(containers.watchDeployment({ name }), 1))
      assert.strictEqual(first?.deployment.spec.namespace, place)
      yield* containers.deleteDeployment({ name })
      assert.deepStrictEqual(yield* spaces(everywhere), [])
    })
  )

  it.effect("is where jobs lie that name none: submitted, found, listed, removed [K11]", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      const name = "unplaced"
      const made = yield* jobs.submit(unplaced(job(name, "nowhere", { held: true })))
      assert.strictEqual(made.spec.namespace, place)
      assert.strictEqual((yield* jobs.submit(unplaced(job(name, "nowhere", { held: true })))).id, made.id)
      const spaces = (namespace?: string) =>
        Effect.map(Stream.runCollect(jobs.list(namespace)), (all) =>
          all.filter(({ spec }) => spec.name === name).map(({ spec }) => spec.namespace)
        )
      assert.deepStrictEqual(yield* spaces(), [place])
      assert.deepStrictEqual(yield* spaces("default"), [])
      assert.strictEqual((yield* Effect.flip(jobs.get({ name, namespace: "default" }))).reason._tag, "NotFound")
      yield* jobs.remove({ name })
      assert.deepStrictEqual(yield* spaces(everywhere), [])
    })
  )
})
