import { assert, layer } from "@effect/vitest"
import { ContainerManager, Scheduler } from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import { layer as k8s } from "../src/index.ts"
import { startWithKubelet } from "./kubelet.ts"
import { deployment, job } from "./server.ts"

const server = Layer.orDie(k8s(startWithKubelet("failures")))

const sh = (script: string) => ["sh", "-c", script]

/** What a deployment of one such container comes to, told by its watch. */
const comesTo = (name: string, container: object, spec: object = {}) =>
  Effect.gen(function* () {
    const containers = yield* ContainerManager
    yield* containers.createDeployment(
      deployment(name, "any", {
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
    const last = yield* containers.watchDeployment({ name }).pipe(
      Stream.takeUntil((event) => event.deployment.message !== undefined),
      Stream.runLast,
      Effect.timeout("50 seconds")
    )
    const status = yield* containers.getDeployment({ name })
    yield* containers.deleteDeployment({ name })
    assert.strictEqual(last._tag === "Some" ? last.value.deployment.state : "never", status.state)
    return status
  })

const broken: ReadonlyArray<readonly [string, object, string, RegExp]> = [
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
    /no node takes the pod: .*Insufficient cpu.*; ask for less/
  ]
]

layer(server, { excludeTestServices: true, timeout: "120 seconds" })("failures on a real node", (it) => {
  for (const [name, container, state, message] of broken)
    it.effect(`a deployment that cannot run says early that it is for its ${name} [K78 R145 R146 R147]`, () =>
      Effect.gen(function* () {
        const status = yield* comesTo(`broken-${name}`, container)
        assert.match(status.message ?? "", message)
        assert.strictEqual(status.state, state)
      })
    )

  it.effect("a job that waits for its image says so", () =>
    Effect.gen(function* () {
      const jobs = yield* Scheduler
      const pod = { containers: [{ name: "main", image: "registry.example.com/none:1" }] }
      yield* jobs.submit(job("broken-job", "any", { pod }))
      const said = yield* Effect.repeat(Effect.delay(jobs.why({ name: "broken-job" }), "200 millis"), {
        until: ({ summary }) => summary.includes("cannot pull")
      }).pipe(Effect.timeout("30 seconds"))
      assert.match(said.summary, /container main cannot pull registry.example.com\/none:1/)
      yield* jobs.remove({ name: "broken-job" })
    })
  )
})
