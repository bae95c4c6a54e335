import { type Problem, parseQuantity } from "@orrery/core"
import { Result } from "effect"
import type { AutoscaleOptions, ComputeOptions } from "./ComputeOptions.ts"
import { claimsOf } from "./podTemplate.ts"
import { ofImage, ofNames, ofScheduling, ofTolerations, ofTwice, problem } from "./problemsOfPod.ts"
import { mountPathOf } from "./Volume.ts"

const duration = /^\d+[smh](\d+[smh])*$/
const ofQuantity = (path: string, written: string | number | undefined): ReadonlyArray<Problem> => {
  if (written === undefined) return []
  const parsed = parseQuantity(written, 1000)
  return Result.isFailure(parsed) ? [problem(path, parsed.failure, "write 2, 0.5 or 500m; 4Gi or 4G")] : []
}

const settings: ReadonlyArray<string> = [
  "minScale",
  "minReplicas",
  "maxScale",
  "maxReplicas",
  "target",
  "targetConcurrency",
  "window",
  "metric",
  "targetUtilization",
  "initialScale",
  "concurrency",
  "scaleToZeroPodRetentionPeriod",
  "scaleDownDelay",
  "autoscalerClass",
  "progressDeadline"
]
const twice = [
  ["minScale", "minReplicas"],
  ["maxScale", "maxReplicas"],
  ["target", "targetConcurrency"]
] as const

const durations = ["window", "scaleDownDelay", "scaleToZeroPodRetentionPeriod", "progressDeadline"] as const

const ofAutoscale = (scale: AutoscaleOptions): ReadonlyArray<Problem> => {
  const { autoscalerClass = "kpa", metric, targetUtilization } = scale
  const minScale = scale.minScale ?? scale.minReplicas ?? 0
  const maxScale = scale.maxScale ?? scale.maxReplicas
  return [
    // an unknown setting would become an annotation that means nothing to anybody
    ...Object.keys(scale)
      .filter((key) => !settings.includes(key))
      .map((key) => problem(`autoscale.${key}`, "it is no setting", `use one of ${settings.join(", ")}`)),
    ...twice
      .filter(([one, other]) => scale[one] !== undefined && scale[other] !== undefined && scale[one] !== scale[other])
      .map(([one, other]) => problem(`autoscale.${other}`, `it is not what ${one} says`, `leave out ${other}`)),
    ...(maxScale !== undefined && maxScale !== 0 && minScale > maxScale
      ? [problem("autoscale.minScale", `minScale ${minScale} is above maxScale ${maxScale}`, "raise maxScale")]
      : []),
    ...durations
      .filter((key) => scale[key] !== undefined && !duration.test(scale[key]))
      .map((key) =>
        problem(`autoscale.${key}`, `${JSON.stringify(scale[key])} is no duration`, "write 30s, 5m or 1h30m")
      ),
    ...(targetUtilization !== undefined && (targetUtilization < 1 || targetUtilization > 100)
      ? [problem("autoscale.targetUtilization", `${targetUtilization} is not between 1 and 100`, "write a percentage")]
      : []),
    ...((metric === "cpu" || metric === "memory") && autoscalerClass !== "hpa"
      ? [problem("autoscale.metric", `${metric} is measured by the class hpa only`, "set autoscalerClass to hpa")]
      : [])
  ]
}

const ofGpus = ({ gpuFraction, gpuMemory, gpus }: ComputeOptions): ReadonlyArray<Problem> => [
  ...(gpus !== undefined && !/^\d+$/.test(String(gpus))
    ? [problem("gpus", `${JSON.stringify(gpus)} is no whole number of GPUs`, "share one with gpuMemory or gpuFraction")]
    : []),
  // the KAI scheduler refuses a pod that shares a GPU and asks for a whole one
  ...(Number(gpus ?? 0) > 0 && (gpuMemory !== undefined || gpuFraction !== undefined)
    ? [problem("gpus", "a pod shares a GPU or has whole ones, not both", "leave gpus out")]
    : []),
  ...(gpuMemory !== undefined && !/^\d+(Mi|Gi|Ti)$/.test(gpuMemory)
    ? [problem("gpuMemory", "GPU memory must end with Mi, Gi, or Ti", "write 4096Mi or 4Gi")]
    : []),
  ...(gpuFraction !== undefined && (gpuFraction <= 0 || gpuFraction > 1)
    ? [problem("gpuFraction", `${gpuFraction} is not above 0 and at most 1`, "write 0.5 for half")]
    : [])
]

/** All that is wrong with what was asked for, before anything is sent. */
export const problemsOf = (options: ComputeOptions): ReadonlyArray<Problem> => [
  ...ofQuantity("cpus", options.cpus),
  ...ofQuantity("memory", options.memory),
  ...ofQuantity("diskSize", options.diskSize),
  ...ofQuantity("sharedMemoryLimit", options.sharedMemoryLimit),
  ...ofGpus(options),
  ...(options.inactivityTtl !== undefined && !/^\d+[smhd]$/.test(options.inactivityTtl)
    ? [problem("inactivityTtl", `${JSON.stringify(options.inactivityTtl)} is no time to live`, "write 30m, 1h or 1d")]
    : []),
  ...(options.workingDir !== undefined && !options.workingDir.startsWith("/")
    ? [problem("workingDir", "it must be an absolute path", "begin it with /")]
    : []),
  ...claimsOf(options)
    .filter((volume) => !mountPathOf(volume).startsWith("/"))
    .map(({ name }) => problem(`volumes.${name}.mountPath`, "it must be an absolute path", "begin it with /")),
  ...claimsOf(options).flatMap(({ name, size }) => ofQuantity(`volumes.${name}.size`, size)),
  ...ofImage(options),
  ...ofNames(options),
  ...ofTwice(options),
  ...ofTolerations(options),
  ...ofScheduling(options),
  ...(options.autoscale === undefined ? [] : ofAutoscale(options.autoscale)),
  ...(options.autoscale !== undefined && options.distribute !== undefined
    ? [problem("distribute", "a service is autoscaled or distributed, not both", "leave one of them out")]
    : [])
]
