import { Life } from "../../../packages/simulator/src/engine/life/Life.ts"
import type { DeploymentSpec, JobSpec, Scenario } from "../../../packages/simulator/src/engine/life/Scenario.ts"
import type { BenchOptions, BenchResult } from "../main.ts"

const NODES_MAX = 200
const HOUR_MS = 3_600_000
const MONTH_MS = 30 * 24 * HOUR_MS
const GOAL_TIMES_REAL = 100_000
const SERVICES = 20
const REPLICAS_MAX = 150

/** A day of load in percent of its most: quiet nights, a busy noon, another rise in the evening. */
const DAY = [20, 15, 12, 10, 10, 15, 25, 45, 65, 80, 90, 95, 100, 95, 90, 85, 80, 75, 85, 90, 80, 60, 40, 28]

const service = (index: number): DeploymentSpec => ({
  kind: "deployment",
  name: `service-${index}`,
  namespace: "default",
  priority: 0,
  group: "",
  cpuMilli: 500,
  memoryMib: 1_024,
  gpuMilli: 0,
  tolerates: [],
  arriveMs: 0,
  startMs: 5_000,
  graceMs: 10_000,
  replicas: 20,
  maxUnavailable: 5,
  apart: false,
  hpa: {
    min: 5,
    max: REPLICAS_MAX,
    targetPercent: 60,
    // Services are busy at different hours.
    loadMilli: DAY.map((_, hour) => ((DAY[(hour + index) % 24] as number) * REPLICAS_MAX * 300) / 100),
    stepMs: HOUR_MS,
    behavior: null,
    tolerancePercent: null
  }
})

const nightly = (day: number): JobSpec => ({
  kind: "job",
  name: `batch-${day}`,
  namespace: "batch",
  priority: 0,
  group: "",
  cpuMilli: 2_000,
  memoryMib: 4_096,
  gpuMilli: 0,
  tolerates: [],
  arriveMs: day * 24 * HOUR_MS + HOUR_MS,
  startMs: 5_000,
  graceMs: 10_000,
  completions: 500,
  parallelism: 200,
  runMsMin: 600_000,
  runMsMax: 2 * HOUR_MS,
  crashPercent: 1,
  backoffLimit: 100
})

const scenario: Scenario = {
  endMs: MONTH_MS,
  groups: [
    {
      name: "nodes",
      min: 3,
      max: NODES_MAX,
      initial: 20,
      cpuMilli: 8_000,
      memoryMib: 32_768,
      gpus: 0,
      gpuShareMilli: 1_000,
      taints: [],
      podsMax: 110,
      zones: 3,
      bootMs: 60_000,
      isSpot: false,
      microUsdPerHour: 384_000
    }
  ],
  workloads: [
    ...Array.from({ length: SERVICES }, (_, index) => service(index)),
    ...Array.from({ length: 30 }, (_, day) => nightly(day))
  ],
  quotas: [],
  faults: [],
  autoscaler: { minor: 36, expanders: [], priorities: [], options: {} }
}

/** Thirty days of up to 200 nodes: 20 services follow their load every 15 s, the nodes follow the pods every 10 s, jobs come by night. */
export const run = async (_: BenchOptions): Promise<BenchResult> => {
  const started = performance.now()
  const result = new Life(scenario, 1).run()
  const seconds = (performance.now() - started) / 1_000
  const value = Math.round(MONTH_MS / 1_000 / seconds)
  return {
    value,
    unit: "times real time, 30 days with Cluster Autoscaler and HPA",
    against: `the goal of ${GOAL_TIMES_REAL} times`,
    ratio: value / GOAL_TIMES_REAL,
    curve: [
      {
        seconds: Math.round(seconds * 1_000) / 1_000,
        events: result.events,
        steps: result.steps,
        pods: result.podsMade,
        nodesMade: result.nodesMade,
        nodesMost: result.nodesMost,
        digest: result.digest
      }
    ]
  }
}
