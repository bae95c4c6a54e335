import { execFileSync } from "node:child_process"
import { Result } from "effect"
import { expect, it } from "vitest"
import { type ComputeOptions, companionsOf, images, toManifest } from "../../src/kubetorch/index.ts"

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
