import { type ComputeOptions, images, Secret, Volume } from "../../src/kubetorch/index.ts"

/** What people write most often: plain CPU, training on a GPU, production, volumes and secrets, a place of one's own. */
export const typicalUses: Readonly<Record<string, ComputeOptions>> = {
  basic: { name: "basic", cpus: "0.5", memory: "1Gi" },
  training: {
    name: "training",
    cpus: "4",
    memory: "32Gi",
    gpus: 1,
    gpuType: "A100",
    sharedMemoryLimit: "16Gi",
    image: images.pytorch()
  },
  production: {
    name: "production",
    cpus: "2",
    memory: "8Gi",
    freeze: true,
    inactivityTtl: "1h",
    labels: { env: "production" },
    image: "my-registry/my-image:v1.0"
  },
  volumes: {
    name: "volumes",
    cpus: "1",
    memory: "4Gi",
    namespace: "ml-workloads",
    volumes: [
      Volume.fromName("shared-data", { mountPath: "/data" }),
      { name: "scratch", size: "50Gi", mountPath: "/scratch" }
    ],
    secrets: [Secret.fromProvider("aws"), Secret.fromProvider("huggingface")]
  },
  scheduling: {
    name: "scheduling",
    cpus: "8",
    memory: "64Gi",
    gpus: 4,
    queue: "high-priority",
    priorityClassName: "critical",
    nodeSelector: { "node-pool": "gpu-a100" },
    tolerations: [{ key: "gpu-reserved", operator: "Exists", effect: "NoSchedule" }]
  }
}
