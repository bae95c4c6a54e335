import { execFileSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { PassThrough } from "node:stream"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream } from "effect"
import { Client } from "../../src/Client.ts"
import { type ComputeOptions, Secret, Services } from "../../src/kubetorch/index.ts"
import { collector } from "../../src/pods/buffers.ts"
import { startWithKubelet } from "../kubelet.ts"
import { applyAs } from "../server.ts"

const config = startWithKubelet("kubetorch")
const server = Layer.orDie(Layer.merge(Services.layer(config), Client.layer(config)))

/** Stands for kubetorch's own server, whose image cannot be had here: it answers where that one would. */
const standIn = (script: string, more: object = {}) => ({
  spec: {
    template: {
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: "kubetorch",
            image: "busybox:1",
            command: ["sh", "-c", `${script}; mkdir -p /w; echo healthy > /w/health; exec httpd -f -p 32300 -h /w`],
            readinessProbe: { httpGet: { path: "/health", port: 32300 }, periodSeconds: 1 },
            resources: { requests: { cpu: "50m" } },
            ...more
          }
        ]
      }
    }
  }
})

const service = (name: string, more: Partial<ComputeOptions> = {}): ComputeOptions => ({
  name,
  username: "alice",
  labels: { user: "alice" },
  serviceTemplate: standIn("echo hello from $HOSTNAME"),
  launchTimeoutSeconds: 60,
  ...more
})

const account = applyAs("test", "/api/v1/namespaces/default/serviceaccounts/kubetorch-service-account", {
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "kubetorch-service-account" }
})

const kubectl = (...args: ReadonlyArray<string>): string =>
  execFileSync(join(dirname(config.kubeconfig ?? ""), "bin", "kubectl"), args, { encoding: "utf8" })

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("kubetorch's services, running", (it) => {
  it.effect("without the account that its pods run as, a launch fails early and says so [K18 K78]", () =>
    Effect.gen(function* () {
      const services = yield* Services
      const error = yield* Effect.flip(services.launch(service("accountless")))
      assert.match(error.message, /serviceaccount "kubetorch-service-account" not found/)
      assert.strictEqual("code" in error.reason ? error.reason.code : "", "StartupError")
      yield* services.remove({ name: "accountless" })
    })
  )

  it.effect("launch, look, talk, follow, sync, forward, remove [K13 K19 K55 K56 K61 K69 K70 K71 K72 K73 K74]", () =>
    Effect.gen(function* () {
      yield* account
      const services = yield* Services
      const ref = { name: "alive" }
      const view = yield* services.launch(service("alive", { replicas: 2 }))
      assert.deepInclude(view, { serviceName: "alive", deploymentMode: "deployment", replicas: 2, cpus: "50m" })
      assert.strictEqual(view.endpoint, "http://alive.default.svc.cluster.local")
      assert.strictEqual((yield* services.launch(service("alive", { replicas: 2 }))).replicas, 2)
      assert.deepStrictEqual((yield* services.get(ref)).manifest.spec, view.manifest.spec)
      const pods = yield* services.pods(ref)
      assert.deepStrictEqual(
        pods.map(({ node, phase }) => ({ node, phase })),
        [1, 2].map(() => ({ node: "real", phase: "Running" }))
      )
      assert.strictEqual(kubectl("get", "pods", "-l", "user=alice", "-o", "name").trim().split("\n").length, 2)
      assert.isTrue(yield* services.isUp(ref))
      const said = yield* Stream.runCollect(services.logs(ref, { tail: 1 }))
      assert.sameMembers(
        said.map(({ text }) => text),
        pods.map(({ name }) => `hello from ${name}`)
      )
      const keys = new PassThrough()
      const screen = collector()
      keys.write("echo $((6 * 7)) > /tmp/answer; exit 3\n")
      const terminal = { stdin: keys, stdout: screen.stream, stderr: collector().stream }
      assert.strictEqual(yield* services.ssh(ref, terminal), 3)
      const from = mkdtempSync(join(tmpdir(), "orrery-rsync-"))
      writeFileSync(join(from, "code.py"), "print(1)\n")
      const synced = yield* services.rsync(ref, from, "/app")
      assert.deepStrictEqual(
        synced.map(({ sent }) => sent),
        [["code.py"], ["code.py"]]
      )
      yield* Effect.scoped(
        Effect.gen(function* () {
          const port = yield* services.clientPort(ref)
          const reply = yield* Effect.promise(() => fetch(`http://127.0.0.1:${port}/health`).then((it) => it.text()))
          assert.strictEqual(reply, "healthy\n")
        })
      )
      yield* services.remove(ref)
      yield* services.remove(ref)
      assert.strictEqual((yield* Effect.flip(services.get(ref))).reason._tag, "NotFound")
      assert.strictEqual(kubectl("get", "pods,services", "-l", "kubetorch.com/service=alive", "-o", "name"), "")
    })
  )

  it.effect("secrets are there for the service and nowhere else; a claim says where it is mounted [K27 K29 K31]", () =>
    Effect.gen(function* () {
      yield* account
      const services = yield* Services
      const values = { HF_TOKEN: Redacted.make("s3cr3t-value") }
      const asked = service("private", {
        secrets: [Secret.fromProvider("huggingface", { values })],
        serviceTemplate: standIn('printf %s "$HF_TOKEN" > /tmp/token', {
          env: [{ name: "HF_TOKEN", valueFrom: { secretKeyRef: { name: "huggingface", key: "HF_TOKEN" } } }]
        })
      })
      const view = yield* services.launch(asked)
      assert.notInclude(JSON.stringify(view), "s3cr3t-value")
      const [pod] = yield* services.pods({ name: "private" })
      assert.strictEqual(kubectl("exec", pod?.name ?? "", "--", "cat", "/tmp/token"), "s3cr3t-value")
      yield* services.remove({ name: "private" })
      const missing = yield* Effect.flip(services.launch(service("claimless", { volumes: ["no-such-claim"] })))
      assert.deepInclude(missing.reason, { _tag: "NotFound", kind: "claim", name: "no-such-claim" })
      yield* applyAs("test", "/api/v1/namespaces/default/persistentvolumeclaims/data", {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data", annotations: { "kubetorch.com/mount-path": "/mnt/data" } },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } }
      })
      const mounted = yield* services.launch({ name: "mounted", volumes: ["data"] }, { wait: false })
      assert.include(JSON.stringify(mounted.podSpec), '{"name":"data","mountPath":"/mnt/data"}')
      yield* services.remove({ name: "mounted" })
    })
  )

  it.effect("many writers need storage that can [K30]", () =>
    Effect.gen(function* () {
      const services = yield* Services
      const shared = { name: "shared", size: "1Gi", accessMode: "ReadWriteMany" } as const
      const asked = { name: "writers", volumes: [shared] }
      const refused = yield* Effect.flip(services.launch(asked, { wait: false }))
      assert.match(refused.message, /no storage class of this cluster lets many nodes write at once/)
      yield* applyAs("test", "/apis/storage.k8s.io/v1/storageclasses/nfs", {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name: "nfs" },
        provisioner: "nfs.csi.k8s.io"
      })
      yield* services.launch(asked, { wait: false })
      const claim = kubectl("get", "pvc", "shared", "-o", "jsonpath={.spec.storageClassName} {.spec.accessModes[0]}")
      assert.strictEqual(claim, "nfs ReadWriteMany")
      yield* services.remove({ name: "writers" })
    })
  )

  const failures: ReadonlyArray<readonly [string, Partial<ComputeOptions>, string, RegExp]> = [
    ["image", { image: "registry.example.com/none:1", serviceTemplate: {} }, "ImagePullError", /cannot pull/],
    ["health", { serviceTemplate: standIn("exit 1") }, "ServiceHealthError", /ends again and again/],
    [
      "mount",
      { secrets: [{ name: "none", mountPath: "/none" }], serviceTemplate: {} },
      "StartupError",
      /secret "none" not found/
    ],
    ["selector", { nodeSelector: { no: "such" } }, "ResourceNotAvailable", /didn't match Pod's node affinity/]
  ]
  for (const [name, more, code, message] of failures)
    it.effect(`a launch that cannot come up for its ${name} fails early, with a name of its own [K78]`, () =>
      Effect.gen(function* () {
        yield* account
        const services = yield* Services
        const error = yield* Effect.flip(services.launch(service(`no-${name}`, more), { nodesMayCome: false }))
        assert.match(error.message, message)
        assert.strictEqual(("code" in error.reason ? error.reason.code : "") ?? "", code)
        assert.notStrictEqual(error.remedy, "")
        yield* services.remove({ name: `no-${name}` })
      })
    )

  it.effect("a service whose queue finds no room for it says which queue that is [K80]", () =>
    Effect.gen(function* () {
      yield* account
      const services = yield* Services
      const asked = service("queued", { queueName: "research", nodeSelector: { no: "such" } })
      const error = yield* Effect.flip(services.launch(asked, { nodesMayCome: false }))
      assert.strictEqual("code" in error.reason ? error.reason.code : "", "QueueUnschedulableError")
      assert.match(error.message, /queued waits in the queue research: no node takes the pod/)
      yield* services.remove({ name: "queued" })
    })
  )
})
