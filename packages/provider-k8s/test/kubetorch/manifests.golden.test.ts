import { Result } from "effect"
import { expect, it } from "vitest"
import { type ComputeOptions, readManifest, toManifest } from "../../src/kubetorch/index.ts"
import { typicalUses } from "./typicalUses.ts"

const manifest = (options: ComputeOptions, training?: "PyTorchJob" | "TFJob") =>
  Result.getOrThrow(toManifest(options, training))
const text = (options: ComputeOptions, training?: "PyTorchJob" | "TFJob") =>
  `${JSON.stringify(manifest(options, training), null, 2)}\n`
const problems = (options: Omit<ComputeOptions, "name">) => {
  const result = toManifest({ name: "it", ...options })
  if (Result.isSuccess(result)) return []
  const { reason } = result.failure
  return reason._tag === "InvalidInput" ? reason.problems.map(({ path }) => path) : []
}

for (const [name, options] of Object.entries(typicalUses))
  it(`the manifest of a typical use, ${name}, is as it was written down [K76]`, async () => {
    await expect(text(options)).toMatchFileSnapshot(`./golden/${name}.json`)
  })

it("so is that of a Knative service", async () => {
  const autoscale = { minScale: 1, maxScale: 5, target: 10, window: "60s", concurrency: 4 }
  await expect(text({ name: "scaled", autoscale })).toMatchFileSnapshot("./golden/knative.json")
})

it("so is that of a Ray cluster", async () => {
  const distribute = { distributionType: "ray", workers: 4 } as const
  await expect(text({ name: "rays", gpus: 1, distribute })).toMatchFileSnapshot("./golden/ray.json")
})

it("so is that of a PyTorch training job", async () => {
  const options = { name: "torch", gpus: 1, queueName: "team", distribute: { workers: 3 } }
  await expect(text(options, "PyTorchJob")).toMatchFileSnapshot("./golden/pytorch.json")
})

const containerIn = (options: Omit<ComputeOptions, "name">) => {
  const { podSpec } = readManifest(manifest({ name: "it", ...options }))
  return { podSpec, container: (podSpec.containers as ReadonlyArray<Record<string, unknown>>)[0] ?? {} }
}

it("cpu and memory are asked for and never limited; GPUs are both [K1 K2 K4 K5]", () => {
  const { container } = containerIn({ cpus: 2, memory: "4G", diskSize: "10Gi", gpus: "1" })
  expect(container.resources).toEqual({
    requests: { cpu: "2", memory: "4G", "ephemeral-storage": "10Gi", "nvidia.com/gpu": "1" },
    limits: { "nvidia.com/gpu": "1" }
  })
})

it("a GPU type is a product, or a label of its own; GPU nodes are tolerated once [K6 K15 K17]", () => {
  expect(containerIn({ gpuType: "L4" }).podSpec.nodeSelector).toEqual({ "nvidia.com/gpu.product": "L4" })
  expect(containerIn({ gpuType: "gpu: L4", nodeSelector: { a: "true" } }).podSpec.nodeSelector).toEqual({
    a: "true",
    gpu: "L4"
  })
  const own = { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" } as const
  expect(containerIn({ gpus: 1, tolerations: [own] }).podSpec.tolerations).toEqual([
    own,
    { key: "dedicated", operator: "Equal", value: "gpu", effect: "NoSchedule" }
  ])
})

it("tolerations keep all they say, and selectors stay text [K16]", () => {
  const { podSpec } = containerIn({
    nodeSelector: { spot: "true", gpus: "1" },
    tolerations: [{ key: "gpu-reserved", operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 }]
  })
  expect(podSpec.nodeSelector).toEqual({ spot: "true", gpus: "1" })
  expect(podSpec.tolerations).toContainEqual({
    key: "gpu-reserved",
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: 30
  })
})

it("shared memory is always mounted, limited where asked [K9 K10 K32]", () => {
  const { container, podSpec } = containerIn({ workingDir: "/app" })
  expect(podSpec.volumes).toContainEqual({ name: "dshm", emptyDir: { medium: "Memory" } })
  expect(container.workingDir).toBe("/app")
})

it("launch time is a startup probe of five-second steps; freeze takes the debugger away [K37 K40 K79]", () => {
  const { container } = containerIn({ launchTimeoutSeconds: 120 })
  expect(container.startupProbe).toMatchObject({ failureThreshold: 24, periodSeconds: 5, timeoutSeconds: 2 })
  expect(container.readinessProbe).toMatchObject({ periodSeconds: 3, failureThreshold: 5 })
  expect(container.securityContext).toEqual({ capabilities: { add: ["SYS_PTRACE"] } })
  expect(containerIn({ freeze: true }).container.securityContext).toBeUndefined()
})

it("queues: KAI by label and scheduler, Kueue by label, suspended as a job [K33 K34 K35 K81]", () => {
  const kai = manifest(typicalUses.scheduling ?? { name: "" })
  expect(JSON.stringify(kai).match(/"kai.scheduler\/queue":"high-priority"/g)).toHaveLength(2)
  expect(readManifest(kai).podSpec).toMatchObject({ schedulerName: "kai-scheduler", priorityClassName: "critical" })
  expect(manifest({ name: "it", queueName: "q" }, "TFJob")).toMatchObject({
    metadata: { labels: { "kueue.x-k8s.io/queue-name": "q" } },
    spec: { runPolicy: { suspend: true }, tfReplicaSpecs: { Chief: { replicas: 1 } } }
  })
})

it("a shared GPU is not a whole one too [K7 K8]", () => {
  const { podSpec } = readManifest(manifest({ name: "it", gpuMemory: "4Gi" }))
  expect(JSON.stringify(podSpec.containers)).not.toContain("nvidia.com/gpu")
  expect(manifest({ name: "it", gpuMemory: "4Gi" })).toMatchObject({
    metadata: { annotations: { "gpu-memory": "4096" } }
  })
  expect(problems({ gpuMemory: "4Gi", gpus: 1 })).toEqual(["gpus"])
  expect(problems({ gpuMemory: "4G" })).toEqual(["gpuMemory"])
  expect(problems({ gpuFraction: 1.5 })).toEqual(["gpuFraction"])
})

it("every autoscale setting reaches the manifest and is read back, with upstream's defaults [K59 K64 K65 K66 K67]", () => {
  const autoscale = {
    minScale: 1,
    maxScale: 5,
    target: 10,
    window: "60s",
    metric: "concurrency",
    targetUtilization: 70,
    initialScale: 2,
    concurrency: 4,
    autoscalerClass: "kpa"
  } as const
  expect(readManifest(manifest({ name: "it", autoscale, launchTimeoutSeconds: 1000 })).autoscaling).toEqual({
    ...autoscale,
    scaleToZeroPodRetentionPeriod: "10m",
    scaleDownDelay: "1m",
    progressDeadline: "1200s"
  })
})

it("what cannot be is refused, all at once [K5 K32 K38 K62 K68]", () => {
  expect(
    problems({
      cpus: "many",
      gpus: "0.5",
      workingDir: "app",
      inactivityTtl: "1h30m",
      distribute: { workers: 2 },
      autoscale: { minScale: 5, maxScale: 1, window: "soon", targetUtilization: 0, metric: "cpu" }
    })
  ).toEqual([
    "cpus",
    "gpus",
    "inactivityTtl",
    "workingDir",
    "autoscale.minScale",
    "autoscale.window",
    "autoscale.targetUtilization",
    "autoscale.metric",
    "distribute"
  ])
})

it("properties are read back from each kind of manifest [K36 K56 K57 K60 K63 K77]", () => {
  const options = { name: "it", cpus: "2", memory: "1Gi", gpus: 1, gpuType: "L4" } as const
  const expected = { serviceName: "it", namespace: "default", cpus: "2", memory: "1Gi", gpus: "1", gpuType: "L4" }
  expect(readManifest(manifest({ ...options, replicas: 3 }))).toMatchObject({
    ...expected,
    deploymentMode: "deployment",
    replicas: 3
  })
  expect(readManifest(manifest({ ...options, autoscale: {} }))).toMatchObject({
    ...expected,
    deploymentMode: "knative"
  })
  const ray = { distributionType: "ray", workers: 3 } as const
  expect(readManifest(manifest({ ...options, distribute: ray }))).toMatchObject({
    ...expected,
    deploymentMode: "raycluster",
    replicas: 3
  })
  expect(readManifest(manifest({ ...options, replicas: 3 }, "PyTorchJob"))).toMatchObject({
    ...expected,
    deploymentMode: "training",
    replicas: 3
  })
})

it("a service template wins over what was built, and replaces lists [K19]", () => {
  const serviceTemplate = { spec: { replicas: 7, template: { spec: { tolerations: [] } } } }
  expect(manifest({ name: "it", gpus: 1, serviceTemplate })).toMatchObject({
    kind: "Deployment",
    spec: { replicas: 7, template: { spec: { tolerations: [], serviceAccountName: "kubetorch-service-account" } } }
  })
})

it("GPU nodes can be avoided [K42]", () => {
  const { podSpec } = containerIn({ gpuAntiAffinity: true })
  expect(JSON.stringify(podSpec.affinity).match(/DoesNotExist/g)).toHaveLength(3)
})
