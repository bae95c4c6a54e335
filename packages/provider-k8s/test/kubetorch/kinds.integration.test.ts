import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Client } from "../../src/Client.ts"
import { type ComputeOptions, images, Services, type TrainingKind } from "../../src/kubetorch/index.ts"
import { startBeside } from "../kubelet.ts"

const config = startBeside("kinds", "--with", "definitions")
const server = Layer.orDie(Layer.merge(Services.layer(config), Client.layer(config)))

const rich: Omit<ComputeOptions, "name"> = {
  cpus: "500m",
  memory: "1Gi",
  diskSize: "2Gi",
  gpus: 2,
  gpuType: "L4",
  sharedMemoryLimit: "1Gi",
  labels: { team: "ml" },
  annotations: { "example.com/note": "a 'quoted' ünï note" },
  nodeSelector: { spot: "true" },
  tolerations: [{ key: "gpu-reserved", operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 }],
  image: images.Python312().pipInstall(["numpy>=1.20"]),
  envVars: { PATH: "$PATH:/custom/bin", RAW: "$(HOME) $$ \n" },
  queueName: "team",
  inactivityTtl: "1h",
  priorityClassName: "critical",
  workingDir: "/work",
  gpuAntiAffinity: true,
  allowedSerialization: ["json", "pickle"]
}

const autoscale = {
  minScale: 1,
  maxScale: 8,
  target: 5,
  window: "60s",
  metric: "rps",
  targetUtilization: 70,
  initialScale: 2,
  concurrency: 10,
  scaleToZeroPodRetentionPeriod: "5m",
  scaleDownDelay: "2m",
  autoscalerClass: "kpa",
  progressDeadline: "20m"
} as const

const kinds: ReadonlyArray<readonly [string, Partial<ComputeOptions>, TrainingKind | undefined, object]> = [
  ["knative", { autoscale }, undefined, { deploymentMode: "knative", autoscaling: autoscale }],
  [
    "raycluster",
    { distribute: { distributionType: "ray", workers: 3 } },
    undefined,
    { deploymentMode: "raycluster", replicas: 3, distributedConfig: { distribution_type: "ray", workers: 3 } }
  ],
  ...(["PyTorchJob", "TFJob", "MXJob", "XGBoostJob"] as const).map(
    (kind) =>
      [
        kind.toLowerCase(),
        { distribute: { workers: 4, quorumWorkers: 2 } },
        kind,
        {
          deploymentMode: "training",
          replicas: 4,
          distributedConfig: { distribution_type: "spmd", workers: 4, quorum_workers: 2 }
        }
      ] as const
  )
]

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("kinds by their real definitions", (it) => {
  for (const [name, more, training, read] of kinds)
    it.effect(
      `${name}: a real API server stores it field by field, and every property is read back [K56 K57 K58 K59 K60 K63 K65 K66 K81]`,
      () =>
        Effect.gen(function* () {
          const services = yield* Services
          const how = { wait: false, ...(training === undefined ? {} : { training }) }
          // applied with strict validation: a field that the kind does not have is refused
          const stored = yield* services.launch({ name, ...rich, ...more }, how)
          const view = yield* services.get({ name })
          assert.deepStrictEqual(view, stored)
          const expected = {
            serviceName: name,
            cpus: "500m",
            memory: "1Gi",
            gpus: "2",
            gpuType: "L4",
            diskSize: "2Gi",
            ...read
          }
          for (const [key, value] of Object.entries(expected))
            assert.deepStrictEqual(view[key as keyof typeof view], value, key)
          const [container] = view.podSpec.containers as ReadonlyArray<Record<string, unknown>>
          const env = container?.env as ReadonlyArray<{ readonly name: string; readonly value: string }>
          assert.include(
            env.map((one) => `${one.name}=${one.value}`),
            "RAW=$$(HOME) $$$ \n"
          )
          assert.deepInclude(view.podSpec, {
            priorityClassName: "critical",
            nodeSelector: { spot: "true", "nvidia.com/gpu.product": "L4" }
          })
          const { labels } = view.manifest.metadata as { readonly labels: Readonly<Record<string, string>> }
          assert.deepInclude(labels, { team: "ml", "kueue.x-k8s.io/queue-name": "team" })
          if (training !== undefined) assert.deepNestedInclude(view.manifest, { "spec.runPolicy.suspend": true })
          yield* services.remove({ name })
          assert.strictEqual((yield* Effect.flip(services.get({ name }))).reason._tag, "NotFound")
        })
    )

  it.effect("a name that is taken by somebody else's thing is a conflict, and nothing of it changes", () =>
    Effect.gen(function* () {
      const client = yield* Client
      const services = yield* Services
      const path = "/apis/serving.knative.dev/v1/namespaces/default/services"
      const foreign = {
        apiVersion: "serving.knative.dev/v1",
        kind: "Service",
        metadata: { name: "theirs" },
        spec: { template: { spec: { containers: [{ image: "theirs:1" }] } } }
      }
      const call = { operation: "test", kind: "service", name: "theirs" }
      yield* client.request({ ...call, method: "POST", path, body: foreign })
      const error = yield* Effect.flip(services.launch({ name: "theirs", autoscale: {} }, { wait: false }))
      assert.strictEqual(error.reason._tag, "Conflict")
      const now = yield* client.request<typeof foreign>({ ...call, path: `${path}/theirs` })
      assert.deepStrictEqual(now.spec, foreign.spec)
      assert.strictEqual((yield* Effect.flip(services.get({ name: "theirs" }))).reason._tag, "NotFound")
    })
  )
})
