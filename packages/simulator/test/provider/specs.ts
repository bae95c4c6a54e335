import { type ClusterSpec, type Deployment, defaultUpdatePolicy, type Job, type PodSpec } from "@orrery/core"

export const podSpec = (command: ReadonlyArray<string>, cpuMilli = 500, gpuMilli = 0): PodSpec => ({
  containers: [
    {
      name: "main",
      image: "busybox:1",
      command,
      ports: [],
      resources: { requests: { cpuMilli, memoryBytes: 128 * 2 ** 20, gpuMilli } },
      environment: [],
      mounts: []
    }
  ],
  initContainers: [],
  volumes: [],
  nodeSelector: {},
  tolerations: [],
  priority: 0,
  terminationGraceMs: 10_000
})

export const clusterSpec: ClusterSpec = {
  name: "drill",
  provider: "sim",
  network: { subnets: [], securityGroups: [] },
  nodePools: [
    { name: "main", instanceTypes: ["c5.xlarge"], minSize: 2, maxSize: 5, labels: {}, taints: [], zones: [] },
    {
      name: "cheap",
      instanceTypes: ["m5.large"],
      minSize: 1,
      maxSize: 5,
      labels: {},
      taints: [],
      zones: [],
      spot: { enabled: true }
    }
  ],
  update: defaultUpdatePolicy,
  labels: {}
}

export const deploymentSpec: Deployment = {
  name: "web",
  namespace: "default",
  replicas: 3,
  strategy: { type: "RollingUpdate", maxSurge: "1", maxUnavailable: "0" },
  selector: { matchLabels: { app: "web" }, matchExpressions: [] },
  template: { labels: { app: "web" }, annotations: {}, spec: podSpec(["serve"]) },
  progressDeadlineMs: 600_000
}

export const jobSpec: Job = {
  name: "count",
  namespace: "default",
  labels: {},
  completions: 1,
  parallelism: 1,
  retries: 3,
  held: false,
  pod: podSpec(["sh", "-c", "echo hello $JOB_INDEX; sleep 5"])
}
