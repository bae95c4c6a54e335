import { assert, layer } from "@effect/vitest"
import { ContainerManager, everywhere, Scheduler } from "@orrery/core"
import { Effect, Stream } from "effect"
import { preflight, sayMissing, layer as servicesOf } from "../src/index.ts"
import { address, kubeconfigOf, makeAccount, permit, write } from "./account.ts"
import { config, deployment, job, server } from "./server.ts"

/** A real user of the real server who may do this in one namespace. */
const user = Effect.fnUntraced(function* (name: string, rules: ReadonlyArray<object>) {
  const token = yield* makeAccount(name)
  yield* permit(name, rules)
  return { kubeconfig: write(name, kubeconfigOf({ token })) }
})

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("permissions on a real API server", (it) => {
  it.effect("whoever may do everything lacks nothing", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* preflight(config), [])
    })
  )

  it.effect("what is missing is listed before anything is done, by verb and by what needs it", () =>
    Effect.gen(function* () {
      const half = yield* user("half", [
        { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch"] },
        { apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["*"] },
        { apiGroups: ["batch"], resources: ["*"], verbs: ["*"] },
        // one pod only: that is not all of them
        { apiGroups: [""], resources: ["pods/exec"], resourceNames: ["that"], verbs: ["create"] }
      ])
      const missing = yield* preflight(half)
      const said = missing.map(sayMissing)
      assert.include(said, "create deployments.apps in namespace default: needed for deployments")
      assert.include(said, "create pods/exec in namespace default: needed for exec")
      assert.include(said, "list nodes in the whole cluster: needed for why, nodeEvents, capacity")
      // pods of this namespace are allowed, those of all others are not
      assert.include(said, "list pods in the whole cluster: needed for why, drain, capacity")
      assert.notInclude(said.join("\n"), "list pods in namespace")
      assert.notInclude(said.join("\n"), "batch")
      assert.notInclude(said.join("\n"), "get deployments.apps")
    })
  )

  it.effect("a user who is forbidden half can do the rest, and what is refused names verb, context and server", () =>
    Effect.gen(function* () {
      const jobsOnly = yield* user("jobs-only", [
        { apiGroups: ["batch"], resources: ["jobs"], verbs: ["*"] },
        { apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["*"] }
      ])
      yield* Effect.gen(function* () {
        const jobs = yield* Scheduler
        yield* jobs.submit(job("allowed", "nobody"))
        assert.strictEqual((yield* jobs.get({ name: "allowed" })).state, "waiting")
        yield* jobs.remove({ name: "allowed" })
        const containers = yield* ContainerManager
        const refused = yield* Effect.flip(containers.createDeployment(deployment("refused", "nobody")))
        assert.strictEqual(refused.reason._tag, "Forbidden")
        assert.match(refused.message, /cannot (get|patch|create) resource "deployments" in API group "apps"/)
        assert.include(refused.message, `(context there, server ${address})`)
        const unseen = yield* Effect.flip(Stream.runCollect(containers.listDeployments(everywhere)))
        assert.include(unseen.message, 'cannot list resource "deployments"')
      }).pipe(Effect.provide(servicesOf(jobsOnly)))
    })
  )
})
