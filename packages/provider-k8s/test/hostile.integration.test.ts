import { assert, layer } from "@effect/vitest"
import type { Container, Deployment, PodSpec } from "@orrery/core"
import { ContainerManager, Scheduler, within } from "@orrery/core"
import { Effect, Result } from "effect"
import fc from "fast-check"
import { Client } from "../src/Client.ts"
import { problemsOf } from "../src/deployments/problemsOf.ts"
import { toDeployment } from "../src/translate/deployment.ts"
import { deployment, job, server } from "./server.ts"

/** Mostly what is right, so that what is wrong is seldom wrong twice. */
const mostly = <A>(good: ReadonlyArray<A>, bad: ReadonlyArray<A>) =>
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) })
const word = mostly(["a", "web", "a.b", "8080"], ["A", "a_b", "-a", "a/b", "a..b", "x".repeat(300)])
const few = <A>(one: fc.Arbitrary<A>) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant([] as Array<A>) },
    { weight: 2, arbitrary: fc.array(one, { maxLength: 2 }) }
  )
const anyRequirement = fc.record({
  key: fc.constantFrom("a", "example.com/a"),
  operator: fc.constantFrom("In" as const, "NotIn" as const, "Exists" as const, "DoesNotExist" as const, "Gt" as const),
  values: fc.array(fc.constantFrom("a", "1", "not a value"), { maxLength: 2 })
})
const requirement = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ key: "a", operator: "In" as const, values: ["1"] }) },
  { weight: 2, arbitrary: anyRequirement }
)
const selector = fc.record({ matchLabels: fc.constant({ app: "it" }), matchExpressions: fc.constant([]) })
const probe = fc.record({
  http: fc.record({ path: fc.constantFrom("/", "/health"), port: mostly([80, 65_535], [0, 70_000]) }),
  initialDelayMs: fc.constant(0),
  periodMs: fc.constant(1000),
  timeoutMs: fc.constant(1000),
  failureThreshold: fc.constant(1)
})
const source = fc.oneof(
  fc.record({ configMap: word }),
  fc.record({ secret: word }),
  fc.record({ hostPath: mostly(["/a"], ["/a/../b"]) }),
  fc.constant({ emptyDir: { memory: false } })
)
const container: fc.Arbitrary<Container> = fc.record({
  name: fc.constantFrom(...Array.from({ length: 9 }, (_, index) => `c${index}`)),
  image: fc.constant("busybox:1"),
  command: fc.constantFrom(["true"], ["sh", "-c", "echo $(A) \"'\n ünï"]),
  ports: few(
    fc.record({
      name: mostly(["http", "grpc", "x1", "a-b"], ["8080", "a--b", "x".repeat(16)]),
      containerPort: fc.constantFrom(80, 81, 82, 83, 84),
      protocol: fc.constantFrom("TCP" as const, "UDP" as const)
    })
  ),
  environment: few(
    fc.oneof(
      fc.record({ name: fc.constantFrom("A", "B", "C", "D", "E_1"), value: fc.constantFrom("", "$(B)", "ünï \n\"'") }),
      fc.record({
        name: fc.constantFrom("A", "B", "C", "D", "E_1"),
        secret: fc.record({ name: word, key: mostly(["k", "a.b"], ["a b", ".."]) })
      })
    )
  ),
  mounts: few(
    fc.record({ name: fc.constant("v"), path: mostly(["/a", "/b", "/c"], ["/a:b"]), readOnly: fc.boolean() })
  ),
  resources: fc.constant({ requests: { cpuMilli: 1, memoryBytes: 1, gpuMilli: 0 } }),
  healthCheck: fc.oneof(fc.constant({}), fc.record({ readiness: probe }))
})
const toleration = fc.record(
  {
    key: fc.constant("k"),
    operator: fc.constantFrom("Equal" as const, "Exists" as const),
    value: fc.constantFrom("v", ""),
    effect: fc.constantFrom("NoSchedule" as const, "NoExecute" as const),
    tolerationMs: fc.constant(1000)
  },
  { requiredKeys: [] }
)
const pod: fc.Arbitrary<PodSpec> = fc.record(
  {
    containers: fc.array(container, { minLength: 1, maxLength: 2 }),
    initContainers: fc.constant([]),
    volumes: few(fc.tuple(mostly(["v"], ["w"]), source).map(([name, from]) => ({ name, ...from }))),
    nodeSelector: fc.constant({}),
    tolerations: few(toleration),
    priority: fc.constant(0),
    terminationGraceMs: fc.constant(0),
    serviceAccount: word,
    affinity: fc.record({
      nodeAffinity: fc.record({
        required: fc.array(fc.record({ matchExpressions: fc.array(requirement, { minLength: 1, maxLength: 1 }) }), {
          maxLength: 1
        }),
        preferred: fc.constant([])
      }),
      podAntiAffinity: fc.record({
        required: fc.array(
          fc.record({
            topologyKey: mostly(["kubernetes.io/hostname"], ["not a key"]),
            labelSelector: fc.record({ matchLabels: fc.constant({}), matchExpressions: few(requirement) })
          }),
          { maxLength: 1 }
        ),
        preferred: fc.constant([])
      })
    })
  },
  {
    requiredKeys: [
      "containers",
      "initContainers",
      "volumes",
      "nodeSelector",
      "tolerations",
      "priority",
      "terminationGraceMs"
    ]
  }
)
const drawn: fc.Arbitrary<Deployment> = fc.record({
  name: fc.constant("it"),
  namespace: fc.constant("default"),
  replicas: fc.constant(0),
  strategy: fc.record({
    type: fc.constant("RollingUpdate" as const),
    maxSurge: fc.constantFrom("1", "150%"),
    maxUnavailable: mostly(["1", "100%"], ["101%"])
  }),
  selector,
  template: fc.record({
    labels: fc.constant({ app: "it" }),
    annotations: fc.dictionary(mostly(["a", "example.com/a"], ["not a key", ""]), fc.constant("any text\n"), {
      maxKeys: 1
    }),
    spec: pod
  }),
  progressDeadlineMs: fc.constant(600_000)
})

/** What the server itself says, without storing anything. */
const verdict = (spec: Deployment) =>
  Effect.flatMap(Client, (client) =>
    Effect.result(
      client.request({
        operation: "test",
        kind: "deployment",
        name: "it",
        method: "PATCH",
        path: "/apis/apps/v1/namespaces/default/deployments/it",
        query: { fieldManager: "test", dryRun: "All", fieldValidation: "Strict" },
        contentType: "application/apply-patch+yaml",
        body: toDeployment(within("default")(spec))
      })
    )
  )

const runs = 400

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("what an API server would refuse", (it) => {
  it.effect(`is refused before, by the same rules: ${runs} drawn deployments`, () =>
    Effect.gen(function* () {
      let taken = 0
      const disagreements: Array<{ readonly ours: string; readonly theirs: string }> = []
      for (const spec of fc.sample(drawn, { numRuns: runs, seed: 20_261_121 })) {
        const problems = problemsOf(spec)
        const said = yield* verdict(spec)
        const theirs = Result.isFailure(said) ? said.failure.message : "taken"
        const ours = problems.map(({ message, path }) => `${path}: ${message}`).join("\n")
        // the server takes names of things that could never be there, and pods that then never start
        // the server takes the names of things that could never be there: pods that use them would wait for ever
        const never =
          problems.length > 0 && problems.every(({ message }) => message.endsWith("can be no object's name"))
        if (!never && (problems.length === 0) !== Result.isSuccess(said)) disagreements.push({ ours, theirs })
        assert.isTrue(problems.every(({ remedy = "" }) => remedy !== ""))
        if (problems.length === 0) taken++
      }
      assert.deepStrictEqual(disagreements, [])
      // the draw must show both sides
      assert.isAbove(taken, 60)
      assert.isBelow(taken, runs - 60)
    })
  )

  it.effect("what would arrive changed or not at all is refused with its place, and nothing is made", () =>
    Effect.gen(function* () {
      const containers = yield* ContainerManager
      const jobs = yield* Scheduler
      const withValue = (value: string): Deployment => {
        const spec = deployment("never", "any")
        const given = spec.template.spec.containers.map((one) => ({ ...one, environment: [{ name: "A", value }] }))
        return { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers: given } } }
      }
      for (const value of ["a\0b", "half \ud800", "x".repeat(1_000_000)]) {
        const error = yield* Effect.flip(containers.createDeployment(withValue(value)))
        assert.strictEqual(error.reason._tag, "InvalidInput")
        const [first] = error.reason._tag === "InvalidInput" ? error.reason.problems : []
        assert.strictEqual(first?.path, "template.spec.containers.0.environment.0.value")
        // a value may be a secret: what is wrong with it is said without it
        assert.isBelow(error.message.length, 500)
        const pod = withValue(value).template.spec
        assert.strictEqual(
          (yield* Effect.flip(jobs.submit({ ...job("never", "any"), pod }))).reason._tag,
          "InvalidInput"
        )
      }
      assert.strictEqual((yield* Effect.flip(containers.getDeployment({ name: "never" }))).reason._tag, "NotFound")
      assert.strictEqual((yield* Effect.flip(jobs.get({ name: "never" }))).reason._tag, "NotFound")
    })
  )

  it.effect(
    "a selector that would change is refused with what to do; what only the server knows keeps its field [R47]",
    () =>
      Effect.gen(function* () {
        const containers = yield* ContainerManager
        const spec = deployment("fixed", "any", { replicas: 0 })
        yield* containers.createDeployment(spec)
        const labels = { app: "fixed", tier: "a" }
        const other = {
          ...spec,
          selector: { matchLabels: labels, matchExpressions: [] },
          template: { ...spec.template, labels }
        }
        const error = yield* Effect.flip(containers.createDeployment(other))
        assert.match(error.message, /selector: a deployment's selector cannot change/)
        assert.match(error.remedy, /delete the deployment and create it anew/)
        yield* containers.deleteDeployment({ name: "fixed" })
        const client = yield* Client
        const raw = yield* Effect.flip(
          client.request({
            operation: "test",
            kind: "deployment",
            name: "raw",
            method: "POST",
            path: "/apis/apps/v1/namespaces/default/deployments",
            body: toDeployment({ ...within("default")(spec), replicas: -1 })
          })
        )
        assert.include(
          raw.reason._tag === "InvalidInput" ? raw.reason.problems.map(({ path }) => path) : [],
          "spec.replicas"
        )
      })
  )
})
