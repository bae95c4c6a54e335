import type {
  Affinity,
  Container,
  Deployment,
  InNamespace,
  Job,
  PodSpec,
  Probe,
  Resources,
  SecurityContext,
  Toleration,
  Volume
} from "@orrery/core"
import fc from "fast-check"
import { expect, it } from "vitest"
import { fromDeployment, toDeployment } from "../src/translate/deployment.ts"
import { fromJob, toJob } from "../src/translate/job.ts"
import { fromLiteral, toLiteral } from "../src/translate/literal.ts"

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
const seconds = fc.integer({ min: 1, max: 100 }).map((count) => count * 1000)
const labels = fc.dictionary(name, name, { maxKeys: 3 })
const maybe = <Key extends string, A>(key: Key, value: fc.Arbitrary<A>) =>
  fc.option(value, { nil: undefined }).map((it) => (it === undefined ? {} : { [key]: it }) as Partial<Record<Key, A>>)
const both = <A, B>(a: fc.Arbitrary<A>, ...more: ReadonlyArray<fc.Arbitrary<B>>) =>
  fc.tuple(a, ...more).map((parts) => Object.assign({}, ...parts) as A & B)

const resources: fc.Arbitrary<Resources> = fc.record({
  cpuMilli: fc.integer({ min: 0, max: 64_000 }),
  memoryBytes: fc.integer({ min: 0, max: 2 ** 40 }),
  gpuMilli: fc.integer({ min: 0, max: 8 }).map((count) => count * 1000)
})

const requirement = fc.oneof(
  fc.record({
    key: name,
    operator: fc.constantFrom("In" as const, "NotIn" as const),
    values: fc.array(name, { minLength: 1, maxLength: 3 })
  }),
  fc.record({
    key: name,
    operator: fc.constantFrom("Exists" as const, "DoesNotExist" as const),
    values: fc.constant([])
  })
)
const selector = fc.record({ matchLabels: labels, matchExpressions: fc.array(requirement, { maxLength: 2 }) })

const probe: fc.Arbitrary<Probe> = both(
  fc.record({
    initialDelayMs: fc.oneof(fc.constant(0), seconds),
    periodMs: seconds,
    timeoutMs: seconds,
    failureThreshold: fc.integer({ min: 1, max: 9 })
  }),
  fc.oneof<Array<fc.Arbitrary<Partial<Probe>>>>(
    fc.record({ http: fc.record({ path: name.map((part) => `/${part}`), port: fc.integer({ min: 1, max: 65_535 }) }) }),
    fc.record({ tcp: fc.record({ port: fc.integer({ min: 1, max: 65_535 }) }) }),
    fc.record({ exec: fc.record({ command: fc.array(fc.string(), { minLength: 1, maxLength: 3 }) }) }),
    fc.record({ grpc: fc.record({ port: fc.integer({ min: 1, max: 65_535 }), service: name }) })
  )
)

const text = fc.oneof(fc.string(), fc.stringMatching(/^[$()a{}]{0,12}$/))

const securityContext = both<SecurityContext, SecurityContext>(
  maybe("runAsUser", fc.integer({ min: 1, max: 65_535 })),
  maybe("runAsGroup", fc.nat(65_535)),
  fc.record({ readOnlyRootFilesystem: fc.boolean() }),
  maybe("runAsNonRoot", fc.boolean()),
  maybe("privileged", fc.boolean()),
  maybe("capabilities", fc.record({ add: fc.array(name), drop: fc.array(name) })),
  maybe("seccomp", fc.constantFrom("RuntimeDefault" as const, "Unconfined" as const))
)

const containerOn = (volumes: ReadonlyArray<Volume>): fc.Arbitrary<Container> =>
  both<Partial<Container>, Partial<Container>>(
    fc.record({
      name,
      image: name.map((it) => `${it}:1`),
      ports: fc.array(
        fc.record({
          containerPort: fc.integer({ min: 1, max: 65_535 }),
          protocol: fc.constantFrom("TCP" as const, "UDP" as const, "SCTP" as const)
        }),
        { maxLength: 2 }
      ),
      environment: fc.array(
        fc.oneof(fc.record({ name, value: text }), fc.record({ name, secret: fc.record({ name, key: name }) })),
        { maxLength: 3 }
      ),
      mounts: fc.constant(volumes.map(({ name: of }) => ({ name: of, path: `/${of}`, readOnly: true }))),
      // a GPU's limit is its request, and no limit at all is told from one of nothing
      resources: fc
        .tuple(resources, fc.boolean())
        .map(([requests, limited]) =>
          limited && requests.cpuMilli + requests.memoryBytes > 0 ? { requests, limits: requests } : { requests }
        )
    }),
    maybe("command", fc.array(text, { minLength: 1, maxLength: 3 })),
    maybe("args", fc.array(text, { maxLength: 3 })),
    maybe(
      "workingDir",
      name.map((it) => `/${it}`)
    ),
    maybe("pullPolicy", fc.constantFrom("Always" as const, "Never" as const)),
    maybe("securityContext", securityContext),
    fc.oneof(
      fc.constant({}),
      fc.record({ healthCheck: fc.record({ liveness: probe, readiness: probe, startup: probe }) })
    )
  ) as fc.Arbitrary<Container>

const volume: fc.Arbitrary<Volume> = both<{ readonly name: string }, Partial<Volume>>(
  fc.record({ name }),
  fc.oneof<Array<fc.Arbitrary<Partial<Volume>>>>(
    fc.record({ configMap: name }),
    fc.record({ secret: name }),
    fc.record({ claim: name }),
    fc.record({ hostPath: name.map((it) => `/${it}`) }),
    fc.record({ emptyDir: fc.record({ memory: fc.boolean(), sizeBytes: fc.integer({ min: 1, max: 2 ** 40 }) }) })
  )
)

const toleration: fc.Arbitrary<Toleration> = both<Partial<Toleration>, Partial<Toleration>>(
  fc.constant({}),
  maybe("key", name),
  maybe("operator", fc.constantFrom("Equal" as const, "Exists" as const)),
  maybe("value", name),
  maybe("effect", fc.constantFrom("NoSchedule" as const, "NoExecute" as const, "PreferNoSchedule" as const)),
  maybe("tolerationMs", seconds)
)

const podTerm = fc.record({ topologyKey: name, labelSelector: selector })
const nodeTerm = fc.record({ matchExpressions: fc.array(requirement, { maxLength: 2 }) })
const weight = fc.integer({ min: 1, max: 100 })
const podAffinity = fc.record({
  required: fc.array(podTerm, { maxLength: 2 }),
  preferred: fc.array(fc.record({ weight, term: podTerm }), { maxLength: 2 })
})
const affinity: fc.Arbitrary<Affinity> = fc.record({
  nodeAffinity: fc.record({
    required: fc.array(nodeTerm, { maxLength: 2 }),
    preferred: fc.array(fc.record({ weight, term: nodeTerm }), { maxLength: 2 })
  }),
  podAffinity,
  podAntiAffinity: podAffinity
})

const spread = fc.record({
  topologyKey: name,
  labelSelector: selector,
  maxSkew: fc.integer({ min: 1, max: 9 }),
  whenUnsatisfiable: fc.constantFrom("DoNotSchedule" as const, "ScheduleAnyway" as const)
})

const pod: fc.Arbitrary<PodSpec> = fc
  .uniqueArray(volume, { maxLength: 3, selector: (it) => it.name })
  .chain((volumes) =>
    both<Partial<PodSpec>, Partial<PodSpec>>(
      fc.record({
        containers: fc.array(containerOn(volumes), { minLength: 1, maxLength: 2 }),
        initContainers: fc.array(containerOn(volumes), { maxLength: 1 }),
        volumes: fc.constant(volumes),
        nodeSelector: labels,
        tolerations: fc.array(toleration, { maxLength: 2 }),
        priority: fc.integer({ min: -1000, max: 1000 }),
        terminationGraceMs: seconds
      }),
      maybe("affinity", affinity),
      maybe("sidecars", fc.array(containerOn(volumes), { minLength: 1, maxLength: 2 })),
      maybe("topologySpread", fc.array(spread, { maxLength: 2 })),
      maybe("securityContext", fc.record({ fsGroup: fc.nat(65_535) })),
      maybe("serviceAccount", name)
    )
  ) as fc.Arbitrary<PodSpec>

const deployment: fc.Arbitrary<InNamespace<Deployment>> = fc.record({
  name,
  namespace: name,
  replicas: fc.integer({ min: 0, max: 1000 }),
  strategy: fc.oneof(
    fc.constant({ type: "Recreate" as const }),
    fc.record({
      type: fc.constant("RollingUpdate" as const),
      maxSurge: fc.oneof(
        fc.nat(100).map(String),
        fc.nat(100).map((share) => `${share}%`)
      ),
      maxUnavailable: fc.nat(100).map(String)
    })
  ),
  selector,
  template: fc.record({ labels, annotations: labels, spec: pod }),
  progressDeadlineMs: seconds
})

const job: fc.Arbitrary<InNamespace<Job>> = both<Partial<Job>, Partial<Job>>(
  fc.record({
    name,
    namespace: name,
    labels,
    completions: fc.integer({ min: 1, max: 1000 }),
    parallelism: fc.integer({ min: 1, max: 1000 }),
    retries: fc.nat(9),
    held: fc.boolean(),
    pod
  }),
  maybe("deadlineMs", seconds),
  maybe("ttlAfterEndMs", seconds),
  maybe("after", fc.array(name, { minLength: 1, maxLength: 3 })),
  maybe("queue", name)
) as fc.Arbitrary<InNamespace<Job>>

/** As the API server would give it back: through JSON. */
const sent = <A>(value: A): A => JSON.parse(JSON.stringify(value))

it("a deployment comes back as it went [R43 R44 R45 R46 R47 R48 R49 R50 R51 R53 R54 R55 R56 R57 R58 R59 R60 R61 R62 R63 R64 R65 R66 R67 R68 R69 R70 R71 R72 R73 R74 R75 R76 R144]", () => {
  fc.assert(
    fc.property(deployment, (spec) => {
      expect(fromDeployment(sent(toDeployment(spec)) as never)).toEqual(spec)
    }),
    { numRuns: 300 }
  )
})

it("a job comes back as it went, without its index among the variables [K34 N24 N34 N35 N36 N37 N39 N40 N43]", () => {
  fc.assert(
    fc.property(job, (spec) => {
      expect(fromJob(sent(toJob(spec)) as never)).toEqual(spec)
    }),
    { numRuns: 300 }
  )
})

/** What kubelets make of text: `$$` is `$`, `$(NAME)` is NAME's value where there is one. */
const expanded = (written: string): string =>
  written.replace(/\$(\$|\(([^)]*)\))/g, (all, next: string) => (next === "$" ? "$" : `REPLACED ${all}`))

it("text arrives in containers as it is, whatever dollars it has [K26]", () => {
  fc.assert(
    fc.property(text, (written) => {
      expect(expanded(toLiteral(written))).toBe(written)
      expect(fromLiteral(toLiteral(written))).toBe(written)
    }),
    { numRuns: 2000 }
  )
})
