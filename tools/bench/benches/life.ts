import { Life } from "../../../packages/simulator/src/engine/life/Life.ts"
import type { DeploymentSpec, JobSpec, Scenario } from "../../../packages/simulator/src/engine/life/Scenario.ts"
import type { BenchOptions, BenchResult } from "../main.ts"

const NODES = 1_000
const PODS = 100_000
const JOBS = 180
const DEPLOYMENTS = 20
const PODS_PER_DEPLOYMENT = 500
const GOAL_SECONDS = 5
const DAY_MS = 86_400_000

const pods = (name: string, index: number) => ({
  name: `${name}-${index}`,
  namespace: "default",
  priority: 0,
  group: "",
  cpuMilli: 100 + (index % 10) * 50,
  memoryMib: 128 * (1 + (index % 8)),
  gpuMilli: 0,
  tolerates: [],
  startMs: 2_000,
  graceMs: 1_000
})

const job = (index: number): JobSpec => ({
  ...pods("job", index),
  kind: "job",
  arriveMs: Math.floor((DAY_MS / 2 / JOBS) * index),
  completions: (PODS - DEPLOYMENTS * PODS_PER_DEPLOYMENT) / JOBS,
  parallelism: 250,
  runMsMin: 60_000,
  runMsMax: 3_600_000,
  crashPercent: 1,
  backoffLimit: 1_000
})

const deployment = (index: number): DeploymentSpec => ({
  ...pods("web", index),
  kind: "deployment",
  arriveMs: 60_000 * index,
  replicas: PODS_PER_DEPLOYMENT,
  maxUnavailable: 10,
  apart: false,
  hpa: null
})

const scenario: Scenario = {
  endMs: DAY_MS,
  groups: [
    {
      name: "nodes",
      min: NODES,
      max: NODES,
      initial: NODES,
      cpuMilli: 16_000,
      memoryMib: 65_536,
      gpus: 0,
      gpuShareMilli: 1_000,
      taints: [],
      podsMax: 110,
      zones: 3,
      bootMs: 30_000,
      isSpot: false,
      microUsdPerHour: 700_000
    }
  ],
  workloads: [
    ...Array.from({ length: DEPLOYMENTS }, (_, index) => deployment(index)),
    ...Array.from({ length: JOBS }, (_, index) => job(index))
  ],
  quotas: [],
  faults: [],
  autoscaler: null
}

/** A day on 1,000 nodes: 100,000 pods are made by their controllers, queue, are placed by the kube profile, start, run and end. */
export const run = async (_: BenchOptions): Promise<BenchResult> => {
  const started = performance.now()
  const result = new Life(scenario, 1).run()
  const seconds = Math.round(performance.now() - started) / 1_000
  if (result.podsMade < PODS) throw new Error(`only ${result.podsMade} pods were made`)
  return {
    value: seconds,
    unit: `s for the whole lives of ${PODS} pods on ${NODES} nodes`,
    against: `the goal of ${GOAL_SECONDS} s`,
    ratio: GOAL_SECONDS / seconds,
    curve: [{ pods: result.podsMade, steps: result.steps, events: result.events, digest: result.digest }]
  }
}
