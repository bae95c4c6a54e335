import {
  type ClusterSpec,
  type Container,
  type Deployment,
  defaultUpdatePolicy,
  type Job,
  type NodePool,
  type PodSpec
} from "@orrery/core"
import type { Given } from "./Rule.ts"

/** A pool as checks ask for it. */
export const poolOf = ({ fixtures }: Given, changes: Partial<NodePool> = {}): NodePool => ({
  name: "main",
  instanceTypes: fixtures.instanceTypes,
  minSize: 1,
  maxSize: 4,
  labels: {},
  taints: [],
  zones: [],
  ...changes
})

/** A cluster of one pool of one node, unless changed. */
export const clusterOf = (given: Given, name: string, changes: Partial<ClusterSpec> = {}): ClusterSpec => ({
  name,
  provider: given.fixtures.provider,
  ...(given.fixtures.region === undefined ? {} : { region: given.fixtures.region }),
  network: { subnets: [], securityGroups: [] },
  nodePools: [poolOf(given)],
  update: defaultUpdatePolicy,
  labels: {},
  ...changes
})

/** A container that runs the command. */
export const containerOf = ({ fixtures }: Given, command: ReadonlyArray<string>): Container => ({
  name: "main",
  image: fixtures.image,
  command,
  ports: [],
  resources: { requests: fixtures.requests },
  environment: [],
  mounts: []
})

/** A pod of one such container. */
export const podOf = (given: Given, command: ReadonlyArray<string>): PodSpec => ({
  containers: [containerOf(given, command)],
  initContainers: [],
  volumes: [],
  nodeSelector: {},
  tolerations: [],
  priority: 0,
  terminationGraceMs: 1_000
})

/** A deployment of one pod that runs until it is stopped, unless changed. */
export const deploymentOf = (given: Given, name: string, changes: Partial<Deployment> = {}): Deployment => ({
  name,
  replicas: 1,
  strategy: { type: "RollingUpdate", maxSurge: "1", maxUnavailable: "0" },
  selector: { matchLabels: { app: name }, matchExpressions: [] },
  template: { labels: { app: name }, annotations: {}, spec: podOf(given, given.fixtures.commands.forever) },
  progressDeadlineMs: 600_000,
  ...changes
})

/** A job of one task that succeeds at once, unless changed. */
export const jobOf = (given: Given, name: string, changes: Partial<Job> = {}): Job => ({
  name,
  labels: {},
  completions: 1,
  parallelism: 1,
  retries: 0,
  held: false,
  pod: podOf(given, given.fixtures.commands.exits(0)),
  ...changes
})

/** A job of one task that runs until it is stopped, unless changed. */
export const endlessJobOf = (given: Given, name: string, changes: Partial<Job> = {}): Job =>
  jobOf(given, name, { pod: podOf(given, given.fixtures.commands.forever), ...changes })
