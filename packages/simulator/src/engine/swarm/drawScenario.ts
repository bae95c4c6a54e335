import type { ReplicaBehavior } from "@orrery/core"
import { lastDisturbanceMs, settleMs } from "../check/stalled.ts"
import type {
  AutoscalerSpec,
  DaemonSpec,
  DeploymentSpec,
  GroupSpec,
  HpaSpec,
  JobSpec,
  QuotaSpec,
  Scenario,
  WorkloadSpec
} from "../life/Scenario.ts"
import { uniformInteger } from "../math/sample.ts"
import type { Stream } from "../Stream.ts"
import { Streams } from "../Streams.ts"
import { drawFaults } from "./drawFaults.ts"

const minuteMs = 60_000
const activeMs = 120 * minuteMs

/** What this run has at all. A random part is switched off in each, since an even mix of all hides much. */
interface Features {
  readonly autoscaler: boolean
  readonly hpa: boolean
  readonly jobs: boolean
  readonly deployments: boolean
  readonly gpus: boolean
  readonly quotas: boolean
  readonly budgets: boolean
  readonly priorities: boolean
  readonly spot: boolean
  readonly groups: boolean
  readonly crashes: boolean
  readonly crowded: boolean
  readonly gpuShares: boolean
  readonly taints: boolean
  readonly apart: boolean
  readonly daemons: boolean
}

const coin = (draw: Stream): boolean => draw.below(2) === 0
const oneOf = <A>(draw: Stream, list: readonly [A, ...ReadonlyArray<A>]): A => list[draw.below(list.length)] ?? list[0]

const gpuShares = [1_000, 500, 300] as const
const taints = ["dedicated", "spot"] as const

/** No GPU, whole ones, or one share. */
const drawGpuMilli = (draw: Stream, has: Features): number => {
  const whole = draw.below(3) * 1_000
  return has.gpuShares && coin(draw) ? oneOf(draw, gpuShares) : whole
}

const drawFeatures = (draw: Stream): Features => ({
  autoscaler: coin(draw),
  hpa: coin(draw),
  jobs: coin(draw),
  deployments: coin(draw),
  gpus: coin(draw),
  quotas: coin(draw),
  budgets: coin(draw),
  priorities: coin(draw),
  spot: coin(draw),
  groups: coin(draw),
  crashes: coin(draw),
  crowded: coin(draw),
  gpuShares: coin(draw),
  taints: coin(draw),
  apart: coin(draw),
  daemons: draw.below(4) === 0
})

const drawGroup = (draw: Stream, has: Features, index: number): GroupSpec => {
  const min = draw.below(3)
  const max = min + uniformInteger(draw, 1, 8)
  return {
    name: `group-${index}`,
    min,
    max,
    initial: uniformInteger(draw, min, max),
    cpuMilli: oneOf(draw, [2_000, 4_000, 8_000]),
    memoryMib: oneOf(draw, [4_096, 16_384]),
    gpus: has.gpus ? draw.below(5) : 0,
    gpuShareMilli: has.gpuShares ? oneOf(draw, gpuShares) : 1_000,
    taints: has.taints && coin(draw) ? [oneOf(draw, taints)] : [],
    podsMax: oneOf(draw, [4, 16, 110]),
    zones: uniformInteger(draw, 1, 3),
    bootMs: uniformInteger(draw, 1, 180) * 1_000,
    isSpot: has.spot && coin(draw),
    microUsdPerHour: draw.below(5_000_000)
  }
}

const drawBehavior = (draw: Stream): ReplicaBehavior => {
  const rules = () => ({
    windowMs: draw.below(10) * minuteMs,
    select: oneOf(draw, ["max", "min", "disabled"] as const),
    rates: [
      { type: "pods" as const, value: uniformInteger(draw, 1, 4), periodMs: uniformInteger(draw, 1, 10) * minuteMs },
      {
        type: "percent" as const,
        value: uniformInteger(draw, 10, 200),
        periodMs: uniformInteger(draw, 1, 10) * minuteMs
      }
    ]
  })
  return { up: rules(), down: rules() }
}

const drawHpa = (draw: Stream, cpuMilli: number): HpaSpec => {
  const min = uniformInteger(draw, 1, 3)
  const max = min + draw.below(10)
  return {
    min,
    max,
    targetPercent: uniformInteger(draw, 20, 120),
    loadMilli: Array.from({ length: uniformInteger(draw, 1, 6) }, () => draw.below(cpuMilli * (max + 2))),
    stepMs: uniformInteger(draw, 1, 30) * minuteMs,
    behavior: coin(draw) ? null : drawBehavior(draw),
    tolerancePercent: coin(draw) ? null : { up: draw.below(40), down: draw.below(40) }
  }
}

const drawWorkload = (draw: Stream, has: Features, index: number, groups: ReadonlyArray<GroupSpec>): WorkloadSpec => {
  const size = has.crowded ? 4 : 1
  const cpuMilli = uniformInteger(draw, 1, 20) * 100
  const common = {
    name: `work-${index}`,
    namespace: `space-${draw.below(2)}`,
    priority: has.priorities ? oneOf(draw, [-20, 0, 0, 100, 1_000]) : 0,
    group: has.groups ? (groups[draw.below(groups.length)]?.name ?? "") : "",
    cpuMilli,
    memoryMib: uniformInteger(draw, 1, 20) * 100,
    gpuMilli: has.gpus ? drawGpuMilli(draw, has) : 0,
    tolerates: has.taints ? taints.filter(() => coin(draw)) : [],
    arriveMs: draw.below(activeMs),
    startMs: draw.below(30_000),
    // Now and then longer than anybody who empties a node waits.
    graceMs: draw.below(draw.below(4) === 0 ? 30 * minuteMs : minuteMs)
  }
  if (has.daemons && draw.below(4) === 0) {
    const daemon: DaemonSpec = { ...common, kind: "daemon", cpuMilli: Math.ceil(cpuMilli / 10), memoryMib: 100 }
    return daemon
  }
  const isJob = has.jobs && (!has.deployments || coin(draw))
  if (isJob) {
    const runMsMin = uniformInteger(draw, 1, 600) * 1_000
    const job: JobSpec = {
      ...common,
      kind: "job",
      completions: uniformInteger(draw, 1, 12) * size,
      parallelism: uniformInteger(draw, 1, 6) * size,
      runMsMin,
      runMsMax: runMsMin + draw.below(600_000),
      crashPercent: has.crashes ? draw.below(60) : 0,
      backoffLimit: draw.below(8)
    }
    return job
  }
  const deployment: DeploymentSpec = {
    ...common,
    kind: "deployment",
    replicas: uniformInteger(draw, 1, 6) * size,
    maxUnavailable: has.budgets ? draw.below(3) : null,
    apart: has.apart && coin(draw),
    hpa: has.hpa ? drawHpa(draw, cpuMilli) : null
  }
  return deployment
}

const drawQuota = (draw: Stream, namespace: string): QuotaSpec => ({
  namespace,
  podsMax: uniformInteger(draw, 1, 40),
  cpuMilliMax: uniformInteger(draw, 1, 40) * 1_000
})

/** The scenario of a seed: which features and faults there are, and how many of each, is drawn too. */
export const drawScenario = (seed: number): Scenario => {
  const draw = new Streams(seed).named("scenario")
  const has = drawFeatures(draw)
  const groups = Array.from({ length: uniformInteger(draw, 1, 3) }, (_, index) => drawGroup(draw, has, index))
  const workloads = Array.from({ length: uniformInteger(draw, 1, 6) }, (_, index) =>
    drawWorkload(draw, has, index, groups)
  )
  const faults = drawFaults(draw, groups, activeMs)
  return {
    endMs: lastDisturbanceMs({ faults, workloads }) + settleMs,
    groups,
    workloads,
    quotas: has.quotas ? ["space-0", "space-1"].map((namespace) => drawQuota(draw, namespace)) : [],
    faults,
    autoscaler: has.autoscaler ? drawAutoscaler(draw, groups) : null
  }
}

const expanders = ["random", "least-waste", "most-pods", "least-nodes", "price", "priority"] as const

/** Half of the time with other clocks than the version's own. */
const drawAutoscaler = (draw: Stream, groups: ReadonlyArray<GroupSpec>): AutoscalerSpec => ({
  minor: uniformInteger(draw, 30, 37),
  expanders: coin(draw) ? [] : [oneOf(draw, expanders)],
  priorities: groups.filter(() => coin(draw)).map(({ name }) => ({ priority: draw.below(3), pattern: `^${name}$` })),
  options: coin(draw)
    ? {}
    : {
        unneededTimeMs: uniformInteger(draw, 1, 20) * minuteMs,
        unreadyTimeMs: uniformInteger(draw, 1, 30) * minuteMs,
        scaleDownDelayAfterAddMs: uniformInteger(draw, 0, 20) * minuteMs,
        utilizationThresholdPercent: uniformInteger(draw, 10, 90),
        totalUnreadyOk: draw.below(4),
        drainParallelismMax: uniformInteger(draw, 1, 5),
        nodeProvisionTimeMsMax: uniformInteger(draw, 4, 20) * minuteMs
      }
})
