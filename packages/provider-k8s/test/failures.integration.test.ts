import { assert, layer } from "@effect/vitest"
import { ContainerManager, Scheduler } from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import { Client } from "../src/Client.ts"
import { layer as k8s } from "../src/index.ts"
import { startWithKubelet } from "./kubelet.ts"
import { applyAs, deployment, job } from "./server.ts"
import { refusingWebhook } from "./webhook.ts"

const config = startWithKubelet("failures")
const server = Layer.orDie(Layer.merge(k8s(config), Client.layer(config)))

const sh = (script: string) => ["sh", "-c", script]

/** What a deployment of one such container comes to, told by its watch. */
const comesTo = (name: string, container: object, spec: object = {}, namespace = "default") =>
  Effect.gen(function* () {
    const ref = { name, namespace }
    const containers = yield* ContainerManager
    yield* containers.createDeployment(
      deployment(name, "any", {
        namespace,
        replicas: 1,
        template: {
          labels: { app: name },
          spec: {
            terminationGraceMs: "1s",
            containers: [{ name: "main", image: "busybox:1", command: sh("sleep 86400"), ...container }],
            ...spec
          }
        }
      })
    )
    const last = yield* containers.watchDeployment(ref).pipe(
      Stream.takeUntil((event) => event.deployment.message !== undefined),
      Stream.runLast,
      Effect.timeout("90 seconds")
    )
    const status = yield* containers.getDeployment(ref)
    yield* containers.deleteDeployment(ref)
    assert.strictEqual(last._tag === "Some" ? last.value.deployment.state : "never", status.state)
    return status
  })

const volume = (source: object) => ({ volumes: [{ name: "files", ...source }] })
const mounted = { mounts: [{ name: "files", path: "/files" }] }

const broken: ReadonlyArray<readonly [string, object, string, RegExp, object?]> = [
  [
    "image",
    { image: "registry.example.com/none:1" },
    "stuck",
    /cannot pull registry\.example\.com\/none:1: .*; check the image's name/
  ],
  ["crash", { command: sh("exit 3") }, "stuck", /ends again and again, last with exit code 3; read its logs/],
  [
    "memory",
    {
      command: ["tail", "/dev/zero"],
      resources: { requests: { memoryBytes: "16Mi" }, limits: { memoryBytes: "16Mi" } }
    },
    "stuck",
    /was killed: it used more memory than its limit; raise its memory limit/
  ],
  [
    "secret",
    { environment: [{ name: "KEY", secret: { name: "none", key: "k" } }] },
    "stuck",
    /cannot start: CreateContainerConfigError: secret "none" not found; check its command, and the secrets/
  ],
  ["program", { command: ["/no-such-program"] }, "stuck", /cannot start: .*no-such-program.*; check its command/],
  [
    "size",
    { resources: { requests: { cpuMilli: 1000 } } },
    "progressing",
    /no node takes the pod: .*Insufficient cpu.* \(real: .*cpu.*\); ask for less/
  ],
  [
    "mount",
    mounted,
    "stuck",
    /a volume cannot be mounted: .*secret "none" not found; make the secret/,
    volume({ secret: "none" })
  ],
  [
    "claim",
    mounted,
    "stuck",
    /a volume is not bound: .*persistentvolumeclaim "none" not found.*; make the claim/,
    volume({ claim: "none" })
  ]
]

/** What keeps all pods of a namespace away, and what is said of it. */
const policies: ReadonlyArray<readonly [string, object, RegExp]> = [
  [
    "resourcequotas",
    { kind: "ResourceQuota", spec: { hard: { pods: "0" } } },
    /its pods are refused: .*exceeded quota: policy.*; ask for less, free some of this namespace's quota/
  ],
  [
    "limitranges",
    { kind: "LimitRange", spec: { limits: [{ type: "Container", max: { memory: "8Mi" } }] } },
    /its pods are refused: .*maximum memory usage per Container is 8Mi.*; stay within the namespace's LimitRange/
  ]
]

const namespaceOf = (name: string) =>
  applyAs("test", `/api/v1/namespaces/${name}`, { apiVersion: "v1", kind: "Namespace", metadata: { name } })

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("failures on a real node", (it) => {
  for (const [name, container, state, message, spec] of broken)
    it.effect(
      `a deployment that cannot run says early that it is for its ${name} ${name === "crash" ? "[K78 R146]" : "[K78]"}`,
      () =>
        Effect.gen(function* () {
          const status = yield* comesTo(`broken-${name}`, container, spec)
          assert.match(status.message ?? "", message)
          assert.strictEqual(status.state, state)
        })
    )

  for (const [plural, policy, message] of policies)
    it.effect(
      `pods that ${plural} keep away are told on their deployment, with what to do ${plural === "resourcequotas" ? "[K78 R126 R147]" : "[K78]"}`,
      () =>
        Effect.gen(function* () {
          yield* namespaceOf(plural)
          yield* applyAs("test", `/api/v1/namespaces/${plural}/${plural}/policy`, {
            apiVersion: "v1",
            metadata: { name: "policy" },
            ...policy
          })
          // admission learns of it a moment later
          yield* Effect.sleep("1 second")
          const limits = { requests: { memoryBytes: "16Mi" }, limits: { memoryBytes: "16Mi" } }
          const status = yield* comesTo("kept-away", { resources: limits }, {}, plural)
          assert.strictEqual(status.state, "stuck")
          assert.match(status.message ?? "", message)
        })
    )

  it.effect("pods that a webhook refuses are told on their deployment, in its own words [K78 R106]", () =>
    Effect.gen(function* () {
      yield* namespaceOf("guarded")
      yield* refusingWebhook(config.kubeconfig ?? "", "guarded", "images must come from our registry")
      const status = yield* comesTo("guarded", {}, {}, "guarded")
      assert.strictEqual(status.state, "stuck")
      assert.match(
        status.message ?? "",
        /its pods are refused: .*policy\.example\.com.* our registry; change what the webhook names/
      )
    }).pipe(Effect.scoped)
  )

  it.effect("a job that waits for its image says so [N55]", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      const pod = { containers: [{ name: "main", image: "registry.example.com/none:1" }] }
      yield* jobs.submit(job("broken-job", "any", { pod }))
      const said = yield* Effect.repeat(Effect.delay(jobs.why({ name: "broken-job" }), "200 millis"), {
        until: ({ summary }) => summary.includes("cannot pull")
      }).pipe(Effect.timeout("90 seconds"))
      assert.match(said.summary, /container main cannot pull registry.example.com\/none:1/)
      yield* jobs.remove({ name: "broken-job" })
    })
  )
})
