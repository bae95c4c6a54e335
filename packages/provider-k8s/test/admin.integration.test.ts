import { assert, layer } from "@effect/vitest"
import { ContainerManager, Scheduler } from "@orrery/core"
import { Effect } from "effect"
import { KubernetesAdmin } from "../src/index.ts"
import { addNode, applyAs, deployment, destroyPath, job, server } from "./server.ts"

const namespace = `kept-${process.pid}`
const node = `kept-${process.pid}`
const here = { namespace }
const mine = { "app.kubernetes.io/managed-by": "orrery" }
const quotaPath = (name: string) => `/api/v1/namespaces/${namespace}/resourcequotas/${name}`

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("keeping a real cluster", (it) => {
  it.effect("quotas are set, read with what is taken, kept by the server and taken away [R126 R147]", () =>
    Effect.gen(function* () {
      const admin = yield* KubernetesAdmin
      const containers = yield* ContainerManager
      yield* addNode(node, { for: namespace })
      yield* applyAs("orrery", `/api/v1/namespaces/${namespace}`, {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: namespace, labels: mine }
      })
      const quota = { namespace, name: "limits", hard: { pods: "1", "requests.cpu": "2" } }
      yield* admin.setQuota({ ...quota, hard: { pods: "5" } })
      assert.deepStrictEqual((yield* admin.setQuota(quota)).hard, quota.hard)
      yield* containers.createDeployment(deployment("kept-web", namespace, { ...here, replicas: 2 }))
      const taken = Effect.map(admin.quotas(namespace), ([found]) => found?.used.pods)
      yield* Effect.repeat(taken, { until: (pods) => pods === "1" }).pipe(Effect.timeout("90 seconds"))
      const full = yield* Effect.flip(
        applyAs("test", `/api/v1/namespaces/${namespace}/pods/one-more`, {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "one-more" },
          spec: { containers: [{ name: "main", image: "busybox:1", resources: { requests: { cpu: "1" } } }] }
        })
      )
      assert.strictEqual(full.reason._tag, "QuotaExceeded")
      yield* admin.setQuota({ ...quota, hard: { pods: "9" } })
      yield* admin.removeQuota(quota)
      yield* admin.removeQuota(quota)
      assert.deepStrictEqual(yield* admin.quotas(namespace), [])
    })
  )

  it.effect("quotas of others are seen and not touched", () =>
    Effect.gen(function* () {
      const admin = yield* KubernetesAdmin
      const body = {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "theirs" },
        spec: { hard: { pods: "50" } }
      }
      yield* applyAs("somebody", quotaPath("theirs"), body)
      const theirs = { namespace, name: "theirs" }
      assert.strictEqual((yield* Effect.flip(admin.setQuota({ ...theirs, hard: {} }))).reason._tag, "Conflict")
      assert.strictEqual((yield* Effect.flip(admin.removeQuota(theirs))).reason._tag, "Conflict")
      assert.deepStrictEqual((yield* admin.quotas(namespace))[0]?.hard, { pods: "50" })
      yield* destroyPath(quotaPath("theirs"))
    })
  )

  it.effect("an export holds all that is ours and makes it anew where it was lost [R130]", () =>
    Effect.gen(function* () {
      const admin = yield* KubernetesAdmin
      const containers = yield* ContainerManager
      const jobs = yield* Scheduler
      yield* admin.setQuota({ namespace, name: "limits", hard: { pods: "20" } })
      yield* jobs.submit(job("kept-train", "nowhere", { ...here, completions: 3, retries: 2 }))
      yield* applyAs("somebody", `/api/v1/namespaces/${namespace}/secrets/token`, {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "token", labels: mine },
        stringData: { value: "hidden-from-files" }
      })
      const before = yield* admin.exportCluster
      const own = before.split("---\n").filter((text) => text.includes(namespace))
      assert.deepStrictEqual(
        own.map((text) => /^kind: (\w+)/m.exec(text)?.[1]),
        ["Namespace", "ResourceQuota", "Deployment", "Job"]
      )
      assert.notInclude(before, "hidden-from-files")
      assert.notMatch(before, /\b(uid|resourceVersion|creationTimestamp|managedFields):|^status:/m)

      yield* containers.deleteDeployment({ name: "kept-web", ...here })
      yield* jobs.remove({ name: "kept-train", ...here })
      yield* admin.removeQuota({ namespace, name: "limits" })
      const text = own.map((one) => `---\n${one}`).join("")
      const made = yield* admin.importCluster(text)
      assert.deepStrictEqual(made, [
        `Namespace ${namespace}`,
        `ResourceQuota ${namespace}/limits`,
        `Deployment ${namespace}/kept-web`,
        `Job ${namespace}/kept-train`
      ])
      yield* admin.importCluster(text)
      const after = (yield* admin.exportCluster).split("---\n").filter((one) => one.includes(namespace))
      assert.deepStrictEqual(after, own)
      const web = Effect.repeat(containers.getDeployment({ name: "kept-web", ...here }), {
        until: ({ state }) => state === "available"
      })
      assert.strictEqual((yield* Effect.timeout(web, "90 seconds")).spec.replicas, 2)
      assert.strictEqual((yield* jobs.get({ name: "kept-train", ...here })).spec.completions, 3)
    })
  )

  it.effect("what is no export is refused whole, with each problem, and nothing is made", () =>
    Effect.gen(function* () {
      const admin = yield* KubernetesAdmin
      const good = `apiVersion: v1\nkind: ResourceQuota\nmetadata:\n  name: never\n  namespace: ${namespace}\n  labels: {app.kubernetes.io/managed-by: orrery}\nspec: {hard: {pods: "1"}}\n`
      const bad = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n"
      const refused = yield* Effect.flip(
        admin.importCluster(`${good}---\n${bad}---\n${good.replace("orrery}", "me}")}`)
      )
      assert.include(refused.message, "document 2: v1 Secret is no kind that an export holds")
      assert.include(refused.message, "document 3: ResourceQuota")
      assert.strictEqual((yield* Effect.flip(admin.importCluster("a: ["))).reason._tag, "InvalidInput")
      assert.notInclude(
        (yield* admin.quotas(namespace)).map(({ name }) => name),
        "never"
      )
      yield* destroyPath(`/api/v1/namespaces/${namespace}`)
      yield* destroyPath(`/api/v1/nodes/${node}`)
    })
  )

  it.effect("a cluster without a metrics server says so", () =>
    Effect.gen(function* () {
      const admin = yield* KubernetesAdmin
      for (const asked of [admin.nodeUsage, admin.podUsage()]) {
        const error = yield* Effect.flip(asked)
        assert.strictEqual(error.reason._tag, "Unsupported")
        assert.include(error.message, "metrics server")
      }
    })
  )
})
