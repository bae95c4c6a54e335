import { execFileSync } from "node:child_process"
import { parseQuantity } from "@orrery/core"
import { Result } from "effect"
import { expect, it } from "vitest"
import { type ComputeOptions, companionsOf, images, Secret, toManifest } from "../../src/kubetorch/index.ts"
import { typicalUses } from "./typicalUses.ts"

const rich: ComputeOptions = {
  name: "accepted",
  cpus: "500m",
  memory: "1Gi",
  gpus: 1,
  gpuType: "L4",
  sharedMemoryLimit: "1Gi",
  labels: { team: "ml" },
  nodeSelector: { spot: "true" },
  tolerations: [{ key: "gpu-reserved", operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 }],
  image: images.Python312().pipInstall(["numpy>=1.20"]),
  envVars: { PATH: "$PATH:/custom/bin", RAW: "$(HOME)" },
  secrets: ["mine"],
  volumes: [{ name: "scratch", size: "1Gi", mountPath: "/scratch" }],
  queueName: "team",
  inactivityTtl: "1h",
  gpuAntiAffinity: true,
  distribute: { workers: 2 }
}

it("a real API server takes the Deployment and all that goes with it, field by field [K1 K16 K17 K36 K42]", () => {
  const manifests = [Result.getOrThrow(toManifest(rich)), ...companionsOf(rich)]
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests })
  const args = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "-o", "name", "-f", "-"]
  const taken = execFileSync(process.env.ORRERY_K8S_KUBECTL ?? "", args, { encoding: "utf8", input })
  expect(taken.trim().split("\n")).toEqual([
    "deployment.apps/accepted",
    "service/accepted",
    "service/accepted-headless",
    "persistentvolumeclaim/scratch"
  ])
})

/** The server writes quantities in its own way: half a CPU is 500m. */
const milli = (written: unknown): number | undefined =>
  typeof written === "string" ? Result.getOrUndefined(parseQuantity(written, 1000)) : undefined
const isSame = (live: unknown, sent: unknown): boolean =>
  live === sent || (milli(sent) !== undefined && milli(live) === milli(sent))

/** Whether all that was sent is there, however much the server has added. Lists are compared item by item. */
const holds = (live: unknown, sent: unknown): boolean => {
  if (typeof sent !== "object" || sent === null) return isSame(live, sent)
  // the server drops what is empty
  if (live === undefined) return Object.keys(sent).length === 0
  if (typeof live !== "object" || live === null) return false
  return Object.entries(sent).every(([key, value]) => holds((live as Readonly<Record<string, unknown>>)[key], value))
}

const shared: ReadonlyArray<readonly [string, Partial<ComputeOptions>]> = [
  ["a part of a GPU by memory", { gpuMemory: "4Gi" }],
  ["a part of a GPU by its share, in a queue of KAI", { gpuFraction: 0.5, queue: "research" }],
  ["whole GPUs of one kind", { gpus: 2, gpuType: "cloud.google.com/gke-accelerator: nvidia-l4" }],
  ["files of a provider's secret", { secrets: [Secret.fromProvider("ssh"), Secret.fromProvider("aws")] }],
  ["its own place and look", { workingDir: "/work", imagePullPolicy: "Never", freeze: true, diskSize: "10Gi" }],
  ["times", { inactivityTtl: "30m", launchTimeoutSeconds: 60, sharedMemoryLimit: "2Gi" }],
  ["who and where", { username: "me", version: "0.5.0", annotations: { "example.com/a": "b" }, kubeconfigPath: "/k" }]
]

/** What a real API server would make of a manifest; it refuses fields that it does not know. */
const takenBy = (manifest: object): unknown => {
  const args = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "-o", "json", "-f", "-"]
  const input = JSON.stringify(manifest)
  return JSON.parse(execFileSync(process.env.ORRERY_K8S_KUBECTL ?? "", args, { encoding: "utf8", input }))
}

for (const [what, options] of shared)
  it(`a real API server keeps all of a service that says ${what} [K1 K2 K4 K5 K6 K7 K8 K9 K10 K12 K14 K15 K16 K17 K18 K20 K28 K32 K33 K37 K38 K40 K41 K51 K52 K79]`, () => {
    const manifest = Result.getOrThrow(toManifest({ name: "kept", cpus: 1, memory: "4Gi", ...options }))
    const live = takenBy(manifest)
    expect(holds(live, manifest)).toBe(true)
    expect(holds(live, { ...manifest, kind: "Pod" })).toBe(false)
  })

for (const [use, options] of Object.entries(typicalUses))
  it(`a real API server keeps all of the manifest of a typical use, ${use} [K76]`, () => {
    // that its namespace is there is somebody else's care
    const manifest = Result.getOrThrow(toManifest({ ...options, namespace: "default" }))
    expect(holds(takenBy(manifest), manifest)).toBe(true)
  })
